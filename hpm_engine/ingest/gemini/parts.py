"""Texts of Gemini's lists of parts, which its API and its command line write."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.steps.content import placeholder, text_of


def parts_text(content: object) -> str:
    """The text of a content: a string, a part, or a list of both; data becomes a placeholder."""
    if isinstance(content, list):
        return "\n".join(text for part in content if (text := parts_text(part)))
    if not isinstance(content, dict):
        return text_of(content)
    if isinstance(response := content.get("functionResponse"), dict):
        return response_text(response)
    if isinstance(data := content.get("inlineData"), dict):
        encoded = data.get("data")
        size = len(encoded) if isinstance(encoded, str) else 0
        return placeholder(str(data.get("mimeType") or "file"), size)
    if isinstance(file := content.get("fileData"), dict):
        return f"[{file.get('mimeType') or 'file'}: {file.get('fileUri') or ''}]"
    return text_of(content)


def response_text(response: dict[str, object]) -> str:
    """The result of a function: its output or error, else its answer as JSON."""
    answer = response.get("response")
    if isinstance(answer, dict):
        results = [answer[name] for name in ("output", "error") if answer.get(name) is not None]
        if results:
            return parts_text(results)
        return msgspec.json.encode(answer).decode() if answer else ""
    return parts_text(answer)


def response_failed(content: object) -> bool:
    """Whether a function's answer, or one in a list of them, is an error."""
    if isinstance(content, list):
        return any(response_failed(part) for part in content)
    response = content.get("functionResponse") if isinstance(content, dict) else None
    answer = response.get("response") if isinstance(response, dict) else None
    return isinstance(answer, dict) and bool(answer.get("error")) and not answer.get("output")
