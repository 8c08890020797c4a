"""Every operation of the API's own description, asked with whatever fits it and what does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as effort
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema

from search_service.admin.corpus_checks import CorpusChecks
from search_service.admin.index_jobs import IndexJobs
from search_service.api import admin_routes
from search_service.auth.middleware import Authenticator
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.live.live_index import ServiceState
from search_service.rate_limit import RateLimiter
from search_service.server import app
from search_service.settings import ServiceSettings, read_service_settings
from tests.toy import ToyEncoder

# A question may be refused for what no schema can say: empty with no filter, of an unknown place.
# Who is nobody may be asked for a token, and administrators may have to wait for another build.
_REFUSED = ["2xx", "3xx", "400", "404"]
_OF = {"anybody": [*_REFUSED, "401"], "administrator": [*_REFUSED, "409"]}
# A check's page is written where it is told to be, and its report printed.
_CHECK = "import sys; open(sys.argv[sys.argv.index('--html') + 1], 'w'); print('{}')"
_PATIENT = 1_000_000  # wrong tokens: they are tried here, and would be slowed down
# At least: a description that went missing would pass every check.
OPERATIONS, WRONG = 14, 3


@dataclass(frozen=True)
class Api:
    """The API as it describes itself, and what is shown to it with each request."""

    schema: BaseSchema
    shown: dict[str, str]


@pytest.fixture(scope="module", params=list(_OF))
def api(
    request: pytest.FixtureRequest,
    settings: ServiceSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Api]:
    own = read_service_settings(
        index=settings.index,
        corpus=tmp_path_factory.mktemp("sent"),
        tokens=tmp_path_factory.mktemp("tokens") / "tokens.sqlite",
        rate_per_minute=0,
    )
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    _, secret = TokenStore(own.tokens).make("Tester", Scope.ADMIN, utc_now())
    shown = {"Authorization": f"Bearer {secret}"} if request.param == "administrator" else {}
    checks = {"positive_data_acceptance": {"expected-statuses": _OF[request.param]}}
    with pytest.MonkeyPatch.context() as patched:
        # Builds and checks take seconds: they are tested where they are the point.
        command = [sys.executable, "-c", "print('{}')"]
        patched.setattr(admin_routes, "IndexJobs", lambda s, store: IndexJobs(s, store, command))
        checking = [sys.executable, "-c", _CHECK]
        patched.setattr(admin_routes, "CorpusChecks", lambda s: CorpusChecks(s, checking))
        patched.setattr(
            app, "Authenticator", lambda s: Authenticator(s, attempts=RateLimiter(address=_PATIENT))
        )
        asgi = app.create_app(state, own)
        config = SchemathesisConfig.from_dict({"checks": checks})
        found = schemathesis.openapi.from_asgi("/api/v1/openapi.json", asgi, config=config)
        yield Api(found, shown)


def check(
    operation: APIOperation,
    shown: dict[str, str],
    mode: GenerationMode,
    examples: int,
    chance: bool,
) -> bool:
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
        assume(not (shown and _has_wrong_headers(case)))
        case.call_and_validate(headers=shown)

    try:
        asked()
    except Unsatisfiable:
        return False
    return True


def _has_wrong_headers(case: schemathesis.Case) -> bool:
    """Whether what is wrong may be the token alone, which the one that is shown replaces."""
    header = case.meta.components.get(ParameterLocation.HEADER) if case.meta else None
    return header is not None and header.mode.is_negative


def check_all(api: Api, mode: GenerationMode, examples: int, *, chance: bool) -> None:
    operations = [found.ok() for found in api.schema.get_all_operations()]
    asked = sum(check(operation, api.shown, mode, examples, chance) for operation in operations)
    assert len(operations) >= OPERATIONS
    assert asked == len(operations) if mode is GenerationMode.POSITIVE else asked >= WRONG


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_does_what_the_description_says(api: Api, mode: GenerationMode) -> None:
    check_all(api, mode, examples=10, chance=False)  # the same each time


@pytest.mark.torture
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_does_so_however_often(api: Api, mode: GenerationMode) -> None:
    check_all(api, mode, examples=500, chance=True)
