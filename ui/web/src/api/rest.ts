/** The questions this page asks once, not continuously. Paths are relative, so a sub-path works. */
import type { NodeDetails, ViewsAnswer } from "../model/types.ts";

/** The server's own words for a refusal. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The address of an API path beside the page; `ws` for the stream. */
export function apiUrl(path: string, base: string, ws = false): string {
  const url = new URL(`api/v1/${path}`, base);
  if (ws) url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(apiUrl(path, document.baseURI), signal ? { signal } : {});
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as T;
}

async function refusal(answer: Response): Promise<ApiError> {
  try {
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    return new ApiError(error.code, error.message);
  } catch {
    return new ApiError(String(answer.status), answer.statusText || `status ${answer.status}`);
  }
}

export function getViews(signal?: AbortSignal): Promise<ViewsAnswer> {
  return get("views", signal);
}

export function getNode(view: string, id: string, signal?: AbortSignal): Promise<NodeDetails> {
  return get(`nodes/${encodeURIComponent(id)}?view=${encodeURIComponent(view)}`, signal);
}
