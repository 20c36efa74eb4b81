"""Fine-tuning of the encoder and the mask on the episodes of one store."""
