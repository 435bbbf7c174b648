"""What the pages of the desk ask for."""

from typing import Any

from django import template

from .. import queues

register = template.Library()


@register.inclusion_tag("admin/_queues.html")
def work_queues(person: Any) -> dict[str, Any]:
    """List what waits, with counts; queries as in `queues.waiting`."""
    return {"queues": queues.waiting(person)}
