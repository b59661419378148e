"""The directory of tenants: all of them loaded and checked at factory time, found by slug or by host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from examhall.errors import ConfigurationError
from examhall.tenancy.tenant import Tenant, load_tenant, read_toml


class Directory:
    """Every tenant of the deployment, by slug and by host.

    `broken` holds those whose files can't be right: they are out of service, and their hosts answer 503.
    """

    def __init__(self, tenants: Path, instance: Path) -> None:
        self.instance = instance
        self.by_slug: dict[str, Tenant] = {}
        self.slug_of_host: dict[str, str] = {}
        self.broken: dict[str, ConfigurationError] = {}
        self._slug_of_id: dict[object, str] = {}
        for folder in tenant_folders(tenants):
            try:
                self.add(load_tenant(folder, instance))
            except ConfigurationError as error:
                self.broken[folder.name] = error
        for slug in self.broken:
            for host in _hosts(tenants / slug):
                self.slug_of_host.setdefault(host, slug)

    def add(self, tenant: Tenant) -> None:
        """Take a tenant in. Raises `ConfigurationError` for an id or host that another tenant has."""
        file = tenant.folder / "tenant.toml"
        if other := self._slug_of_id.get(tenant.id):
            raise ConfigurationError(
                file, "id", f"tenant {other!r} has this id; make a new one, an id is never shared or reused"
            )
        for host in tenant.settings.hosts:
            if other := self.slug_of_host.get(host):
                raise ConfigurationError(file, "hosts", f"{host!r} belongs to tenant {other!r}; a host has one tenant")
        self._slug_of_id[tenant.id] = tenant.slug
        self.by_slug[tenant.slug] = tenant
        self.slug_of_host.update(dict.fromkeys(tenant.settings.hosts, tenant.slug))

    def examine(self, check: Callable[[Tenant], None]) -> None:
        """Put those tenants out of service that `check` raises `ConfigurationError` for."""
        for tenant in [*self]:
            try:
                check(tenant)
            except ConfigurationError as error:
                self.broken[tenant.slug] = error
                del self.by_slug[tenant.slug]

    def __iter__(self) -> Iterator[Tenant]:
        return iter(self.by_slug.values())

    def __len__(self) -> int:
        return len(self.by_slug)


def _hosts(folder: Path) -> list[str]:
    """The hosts of a broken tenant as far as its file still tells them, so that they answer 503 and not 421."""
    try:
        hosts = read_toml(folder / "tenant.toml").get("hosts", [])
    except ConfigurationError:
        return []
    return [host for host in hosts if isinstance(host, str)] if isinstance(hosts, list) else []


def tenant_folders(root: Path) -> list[Path]:
    """The folders below `root` that hold a `tenant.toml`, in order of name."""
    if not root.is_dir():
        raise ConfigurationError(
            root, "tenants_folder", "there is no such folder; make it or set EXAMHALL_TENANTS_FOLDER"
        )
    return sorted(folder for folder in root.iterdir() if (folder / "tenant.toml").is_file())
