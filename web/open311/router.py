"""All routes of Open311, once under its own address and once under that for tests."""

from fastapi import APIRouter

from web.open311 import feed, filing, reading, services, updates
from web.open311.routes import add_fallback, fresh_router
from web.open311.services import PRODUCTION, TEST

PARTS = (services.router, feed.router, reading.router, filing.router, updates.router)


def open311_routers() -> tuple[APIRouter, APIRouter]:
    """The routers of production and test; only the first is described in the OpenAPI document."""
    return _mounted(PRODUCTION, described=True), _mounted(TEST, described=False)


def _mounted(prefix: str, *, described: bool) -> APIRouter:
    inner = fresh_router()
    for part in PARTS:
        inner.include_router(part)
    add_fallback(inner, [route for part in PARTS for route in part.routes])
    outer = fresh_router()
    outer.include_router(inner, prefix=prefix, tags=["open311"], include_in_schema=described)
    return outer
