"""Controls that several features share: buttons, fields, lists, notices."""
