"""The φ of a store: fine-tuned on it, or the shipped one."""

from __future__ import annotations

from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.phi_shape import LAYOUT
from hpm_engine.encoder.shipped import PHI, shipped_tensors
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.tensor_file import Tensors, parsed
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.tuned_weights import TunedWeights
from hpm_engine.values.adaptation import Model


def phi_in_use(database: Database, steps: StaticEncoder) -> PhiEncoder:
    """φ over ``steps`` with the weights that the store uses.

    Raises ``BadModel`` or ``DamagedStore`` where the weights are missing or damaged.
    """
    own = TunedWeights(database).data(Model.ENCODER)
    return PhiEncoder(steps, None if own is None else _tensors(own))


def phi_weights(database: Database) -> Tensors:
    """The weights themselves, as in ``phi_shape.LAYOUT``; raises as ``phi_in_use`` does."""
    own = TunedWeights(database).data(Model.ENCODER)
    return shipped_tensors(PHI, LAYOUT) if own is None else _tensors(own)


def _tensors(data: bytes) -> Tensors:
    return parsed(data, LAYOUT, "of the store's encoder")
