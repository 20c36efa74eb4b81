"""Figures of the overview in words, and the searches for the episodes that they are of."""

from __future__ import annotations

from datetime import date, timedelta

from app.kit.formatting import counted, number, scaled
from hpm_engine import Amount, Cost, EpisodeQuery, Period, field_term, local_moment

NO_COST = "no cost"


def cost_text(cost: Cost) -> str:
    """What was recorded, and beside it what was estimated, marked as an estimate."""
    parts = []
    if cost.recorded_episodes:
        parts.append(dollars(cost.recorded))
    if cost.estimated_episodes:
        parts.append(f"≈ {dollars(cost.estimated)}")
    return " + ".join(parts) or NO_COST


def dollars(amount: float) -> str:
    """US dollars: cents while they matter."""
    if 0 < amount < 0.005:
        return "< $0.01"
    return f"${amount:,.0f}" if amount >= 1000 else f"${amount:,.2f}"


def cost_story(cost: Cost, prices_of: str, unpriced: tuple[str, ...]) -> str:
    """Where a cost is from, in sentences."""
    lines = []
    if cost.recorded_episodes:
        of = counted(cost.recorded_episodes, "episode")
        lines.append(f"{dollars(cost.recorded)} was recorded, of {of}.")
    if cost.estimated_episodes:
        of = counted(cost.estimated_episodes, "episode")
        lines.append(
            f"≈ {dollars(cost.estimated)} is estimated, of {of}, with prices of"
            f" {prices_of or 'your own'}. It lies between {dollars(cost.least)} and"
            f" {dollars(cost.most)}, by how much was read from the provider's cache."
        )
    if cost.unknown_episodes:
        lines.append(_without(cost.unknown_episodes, unpriced))
    return "\n".join(lines)


def _without(count: int, unpriced: tuple[str, ...]) -> str:
    """What has no cost, and why."""
    single = count == 1
    why = "names no tokens" if single else "name no tokens"
    if unpriced:
        models = ", ".join(model or "an unnamed model" for model in unpriced[:3])
        more = f" and {len(unpriced) - 3} more" if len(unpriced) > 3 else ""
        why += f", or {'is' if single else 'are'} of models without a price: {models}{more}"
    has = "has neither: it" if single else "have neither: they"
    return f"{counted(count, 'episode')} {has} {why}."


def tokens_text(amount: Amount) -> str:
    """All tokens in three digits."""
    return scaled(amount.tokens) if amount.tokens >= 1000 else number(amount.tokens)


def query_of(period: Period, *terms: str) -> EpisodeQuery:
    """The search for the episodes of a period that also meet some terms."""
    texts = []
    if period.since is not None:
        texts.append(f"after:{_day(period.since)}")
    if period.until is not None:
        texts.append(f"before:{_day(period.until)}")
    texts += terms
    return EpisodeQuery(text=" ".join(texts), project=period.project or "")


def named_query(period: Period, field: str, name: str) -> EpisodeQuery:
    """The search for the episodes of a period with a name: a project is chosen, not searched."""
    if field == "project":
        return EpisodeQuery(text=query_of(period).text, project=name)
    return query_of(period, field_term(field, name))


def days_query(period: Period, first: date, days: int = 1) -> EpisodeQuery:
    """The search for the episodes of some local days, of the project of a period."""
    text = f"after:{first.isoformat()} before:{(first + timedelta(days=days)).isoformat()}"
    return EpisodeQuery(text=text, project=period.project or "")


def _day(at: int) -> str:
    moment = local_moment(at)
    return "" if moment is None else moment.date().isoformat()
