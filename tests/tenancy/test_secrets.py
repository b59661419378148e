"""The keys of a tenant: made once, kept from others, or derived from the deployment's one secret."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from examhall.errors import ConfigurationError
from examhall.settings import Settings, load_settings
from examhall.tenancy.secrets import Secrets, secrets_file, secrets_of
from examhall.tenancy.tenant import Tenant
from hall import MakeHall

FIRST_STARTS = 16


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    base = load_settings({"EXAMHALL_ENV": "development"})
    return base.model_copy(update={"instance_folder": tmp_path / "instance"})


@pytest.fixture
def tenant(make_hall: MakeHall) -> Tenant:
    return make_hall("sqlite").app().tenant


def test_parallel_first_starts_agree_on_one_set(settings: Settings, tenant: Tenant) -> None:
    together = Barrier(FIRST_STARTS)

    def start(_number: int) -> Secrets:
        together.wait()
        return secrets_of(tenant, settings)

    with ThreadPoolExecutor(FIRST_STARTS) as threads:
        found = set(threads.map(start, range(FIRST_STARTS)))
    assert len(found) == 1
    only = found.pop()
    assert len({only.token_key, only.session_key, only.paper_key}) == 3
    assert all(len(key) == 64 for key in (only.token_key, only.session_key, only.paper_key))
    assert [file.name for file in secrets_file(tenant, settings).parent.iterdir()] == ["secrets.toml"]


def test_they_stay_the_same_and_only_their_owner_reads_them(settings: Settings, tenant: Tenant) -> None:
    first = secrets_of(tenant, settings)
    assert secrets_of(tenant, settings) == first
    assert secrets_file(tenant, settings).stat().st_mode & 0o777 == 0o600
    assert secrets_file(tenant, settings).parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(settings: Settings, tenant: Tenant, mode: int) -> None:
    secrets_of(tenant, settings)
    secrets_file(tenant, settings).chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        secrets_of(tenant, settings)


@pytest.mark.parametrize(
    "text", ["", "token_key = 1", 'token_key = "short"\nsession_key = "short"\npaper_key = "short"']
)
def test_a_damaged_file_is_refused_and_never_made_anew(settings: Settings, tenant: Tenant, text: str) -> None:
    secrets_of(tenant, settings)
    secrets_file(tenant, settings).write_text(text)
    with pytest.raises(ConfigurationError, match="restore"):
        secrets_of(tenant, settings)
    assert secrets_file(tenant, settings).read_text() == text


def test_one_secret_of_the_deployment_derives_them_and_nothing_is_written(settings: Settings, tenant: Tenant) -> None:
    derived = settings.model_copy(update={"secret_key": "x" * 32})
    other = settings.model_copy(update={"secret_key": "y" * 32})
    assert secrets_of(tenant, derived) == secrets_of(tenant, derived) != secrets_of(tenant, other)
    assert not secrets_file(tenant, settings).exists()


def test_a_tenant_whose_secrets_can_not_be_read_is_out_of_service_alone(make_hall: MakeHall) -> None:
    hall = make_hall("sqlite", secret_key=None)
    file = hall.settings.instance_folder / "qalam" / "secrets.toml"
    hall.app("qalam")
    hall.platform.live.evict("qalam")
    file.chmod(0o644)
    assert hall.api(slug="qalam").get("/me").status_code == 503
    assert hall.api().get("/me").status_code == 401
