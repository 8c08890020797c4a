"""Every operation of the API's own description, asked with whatever fits it and what does not."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema

from indexer.settings import Settings, read_settings
from search_service.app import create_app
from search_service.state import ServiceState
from tests.toy import ToyEncoder

# A question may be refused for what no schema can say: empty with no filter, of an unknown place.
_REFUSED = ["2xx", "3xx", "400", "404"]
_CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": _REFUSED}}}
# At least: a description that went missing would pass every check.
OPERATIONS, WRONG = 10, 2


@pytest.fixture(scope="module")
def schema(settings: Settings) -> BaseSchema:
    """The API as it describes itself."""
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    app = create_app(state, read_settings(index=settings.index, rate_per_minute=0))
    return schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", app, config=SchemathesisConfig.from_dict(_CONFIG)
    )


def check(operation: APIOperation, mode: GenerationMode, examples: int, chance: bool) -> bool:
    """Ask an operation so many times, and compare each answer with what is described.

    Whether it could be asked: where there is nothing but text, nothing is against the description.
    """

    @given(operation.as_strategy(generation_mode=mode))
    @effort(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not chance,
    )
    def asked(case: schemathesis.Case) -> None:
        case.call_and_validate()

    try:
        asked()
    except Unsatisfiable:
        return False
    return True


def check_all(schema: BaseSchema, mode: GenerationMode, examples: int, *, chance: bool) -> None:
    operations = [found.ok() for found in schema.get_all_operations()]
    asked = sum(check(operation, mode, examples, chance) for operation in operations)
    assert len(operations) >= OPERATIONS
    assert asked == len(operations) if mode is GenerationMode.POSITIVE else asked >= WRONG


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_does_what_the_description_says(
    schema: BaseSchema, mode: GenerationMode
) -> None:
    check_all(schema, mode, examples=10, chance=False)  # the same each time


@pytest.mark.torture
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_does_so_however_often(schema: BaseSchema, mode: GenerationMode) -> None:
    check_all(schema, mode, examples=500, chance=True)
