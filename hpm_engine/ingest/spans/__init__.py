"""Traces of spans: OpenTelemetry, Langfuse, LangSmith."""
