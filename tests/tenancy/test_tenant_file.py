"""What a tenant.toml may say: a mistake is refused with file, key and remedy before anything is served."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from examhall.errors import ConfigurationError
from examhall.tenancy.directory import Directory
from examhall.tenancy.tenant import contrast, load_tenant
from tenancy.folders import tenant_folder, toml


def refused(tmp_path: Path, slug: str = "acme", **changes: Any) -> ConfigurationError:
    folder = tenant_folder(tmp_path, slug, **changes)
    with pytest.raises(ConfigurationError) as caught:
        load_tenant(folder, tmp_path / "instance")
    return caught.value


def test_a_file_without_a_fault_is_read(tmp_path: Path) -> None:
    tenant = load_tenant(tenant_folder(tmp_path, "acme"), tmp_path / "instance")
    assert (tenant.slug, tenant.name, tenant.settings.hosts) == ("acme", "Acme", ("acme.localhost",))
    assert isinstance(tenant.id, UUID)
    assert tenant.limits["sign_in"] == "10/15 minutes"
    assert tenant.limits["import"] == "20/minute"
    assert tenant.zone.key == "Europe/Madrid"


BRAND = {"primary": "#0b3d66", "accent": "#a8480f"}
FAULTS = {
    "unknown key": ({"colour": "red"}, "colour", "there is no such key"),
    "unknown key in a table": ({"brand": BRAND | {"shadow": "deep"}}, "brand.shadow", "there is no such key"),
    "secret in the open": ({"secret_key": "x" * 64}, "secret_key", "there is no such key"),
    "missing key": ({"hosts": None}, "hosts", "this key is needed"),
    "id": ({"id": "acme"}, "id", "UUID"),
    "no host": ({"hosts": []}, "hosts", "at least 1 item"),
    "host with scheme": ({"hosts": ["https://acme.localhost"]}, "hosts.0", "without scheme and port"),
    "host with port": ({"hosts": ["acme.localhost:8000"]}, "hosts.0", "without scheme and port"),
    "host in upper case": ({"hosts": ["Acme.localhost"]}, "hosts.0", "in lower case"),
    "host with final dot": ({"hosts": ["acme.localhost."]}, "hosts.0", "host name"),
    "host in other letters": ({"hosts": ["аcme.example"]}, "hosts.0", "host name"),
    "host with wildcard": ({"hosts": ["*.example"]}, "hosts.0", "host name"),
    "no language": ({"locales": []}, "locales", "at least 1 item"),
    "language not spoken": ({"locales": ["en", "tlh"]}, "locales", "'tlh' is not spoken here yet; choose from en, es"),
    "no name in the first language": ({"names": {"es": "Acme"}}, "tenant", "name in 'en', the first of locales"),
    "zone": ({"time_zone": "Europe/Nowhere"}, "time_zone", "tz database"),
    "zone as offset": ({"time_zone": "+01:00"}, "time_zone", "tz database"),
    "zone that is a path": ({"time_zone": "../../etc/passwd"}, "time_zone", "tz database"),
    "colour by name": ({"brand": BRAND | {"primary": "navy"}}, "brand.primary", "#rrggbb"),
    "short colour": ({"brand": BRAND | {"primary": "#036"}}, "brand.primary", "#rrggbb"),
    "style in a colour": ({"brand": BRAND | {"primary": "#036;}body{"}}, "brand.primary", "#rrggbb"),
    "pale colour": ({"brand": BRAND | {"primary": "#e0e0e0"}}, "brand", "contrast"),
    "pale accent": ({"brand": BRAND | {"accent": "#ffd54f"}}, "brand", "accent: #ffd54f on #ffffff has contrast 1.4"),
    "text like its ground": ({"brand": BRAND | {"on_primary": "#0b3d60"}}, "brand", "on_primary"),
    "logo elsewhere": ({"brand": BRAND | {"logo": "https://evil.test/logo.svg"}}, "brand.logo", "static folder"),
    "logo above": ({"brand": BRAND | {"logo": "../secrets.svg"}}, "brand.logo", "static folder"),
    "logo of another kind": ({"brand": BRAND | {"logo": "logo.html"}}, "brand.logo", "name of a picture"),
    "limit": ({"limits": {"save": "often"}}, "limits.save", "600/minute"),
    "bucket": ({"limits": {"savings": "1/minute"}}, "limits.savings", "there is no such key"),
    "way to sign in": ({"sign_in": {"methods": ["saml"]}}, "sign_in.methods.0", "password"),
    "origin with path": ({"cors": {"origins": ["https://a.example/app"]}}, "cors.origins.0", "https://app.example.org"),
    "every origin": ({"cors": {"origins": ["*"]}}, "cors.origins.0", "https://app.example.org"),
    "wording without its place": (
        {"wording": {"en": {"Give at most %(le)s.": "Give less."}}}, "tenant", "needs the same %(…)s places",
    ),
    "wording with a place of its own": (
        {"wording": {"en": {"Exams": "Exams of %(config)s"}}}, "tenant", "needs the same %(…)s places",
    ),
    "wording in a foreign language": ({"wording": {"ar": {"Exams": "الامتحانات"}}}, "tenant", "none of this tenant's"),
    "options that are no table": ({"views": {"user_list": 3}}, "views.user_list", "dictionary"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "key", "words"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_file_key_and_remedy(
    tmp_path: Path, changes: dict[str, Any], key: str, words: str
) -> None:
    error = refused(tmp_path, **changes)
    assert error.file == str(tmp_path / "acme" / "tenant.toml")
    assert error.key == key
    assert words in error.remedy
    assert str(error) == f"{error.file}: {error.key}: {error.remedy}"


NO_SLUGS = ["admin", "api", "www", "con", "t", "xn--acme", "Acme", "ac", "9lives", "acme-", "ac_me", "a.b", "a" * 33]
LOOK_ALIKES = ["аcme", "ac\u200bme"]


@pytest.mark.parametrize("slug", NO_SLUGS + LOOK_ALIKES)
def test_87_a_slug_that_could_be_mistaken_is_refused(tmp_path: Path, slug: str) -> None:
    error = refused(tmp_path, slug)
    assert (error.file, error.key) == (str(tmp_path / slug), "folder name")


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    error = refused(tmp_path, colour="red", time_zone="Mars/Olympus", hosts=None)
    told = error.told()
    assert len(told.splitlines()) == 3
    for key in ("colour", "time_zone", "hosts"):
        assert f"tenant.toml: {key}: " in told


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    folder = tenant_folder(tmp_path, "acme")
    (folder / "tenant.toml").write_text("hosts = [", "utf-8")
    with pytest.raises(ConfigurationError, match=r"tenant\.toml: file: not valid TOML"):
        load_tenant(folder, tmp_path)
    (folder / "tenant.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(ConfigurationError, match=r"tenant\.toml: file: it can't be read"):
        load_tenant(folder, tmp_path)


def test_the_deployment_lays_its_own_file_over_table_by_table(tmp_path: Path) -> None:
    folder = tenant_folder(tmp_path / "tenants", "acme", limits={"save": "1/minute", "read": "2/minute"})
    own = tmp_path / "instance" / "acme"
    own.mkdir(parents=True)
    (own / "tenant.toml").write_text(toml({"hosts": ["exams.acme.localhost"], "limits": {"save": "9/minute"}}), "utf-8")
    tenant = load_tenant(folder, tmp_path / "instance")
    assert tenant.settings.hosts == ("exams.acme.localhost",)
    assert (tenant.limits["save"], tenant.limits["read"]) == ("9/minute", "2/minute")
    assert tenant.name == "Acme"


def test_a_fault_of_the_deployments_file_names_that_file(tmp_path: Path) -> None:
    folder = tenant_folder(tmp_path / "tenants", "acme")
    own = tmp_path / "instance" / "acme"
    own.mkdir(parents=True)
    (own / "tenant.toml").write_text('time_zone = "Mars/Olympus"\n', "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_tenant(folder, tmp_path / "instance")
    assert caught.value.file == str(own / "tenant.toml")


def test_95_a_host_has_one_tenant(tmp_path: Path) -> None:
    tenant_folder(tmp_path, "acme")
    tenant_folder(tmp_path, "bolt", hosts=["bolt.localhost", "acme.localhost"])
    error = Directory(tmp_path, tmp_path / "instance").broken["bolt"]
    assert (error.file, error.key) == (str(tmp_path / "bolt" / "tenant.toml"), "hosts")
    assert "'acme.localhost' belongs to tenant 'acme'" in error.remedy


def test_an_id_has_one_tenant(tmp_path: Path) -> None:
    identity = str(UUID(int=7))
    tenant_folder(tmp_path, "acme", id=identity)
    tenant_folder(tmp_path, "bolt", id=identity)
    error = Directory(tmp_path, tmp_path / "instance").broken["bolt"]
    assert error.key == "id"
    assert "tenant 'acme' has this id; make a new one" in error.remedy


def test_settings_cannot_be_changed_once_they_are_read(tmp_path: Path) -> None:
    tenant = load_tenant(tenant_folder(tmp_path, "acme"), tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        tenant.settings.time_zone = "UTC"
    with pytest.raises(AttributeError):
        tenant.slug = "other"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#777777", "#ffffff") < 4.5
