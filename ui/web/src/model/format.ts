/** Numbers as people read them: short, unit beside, never more digits than are true. */

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];
const DASH = "–";

/** Bytes with decimal prefixes, as network people count: `412 kB`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return DASH;
  let v = Math.abs(value);
  let unit = 0;
  while (v >= 999.5 && unit < BYTE_UNITS.length - 1) {
    v /= 1000;
    unit++;
  }
  return `${value < 0 ? "-" : ""}${digits(v, unit === 0 ? 0 : 1)} ${BYTE_UNITS[unit]}`;
}

/** A rate of bytes: `412 kB/s`; nothing flowing is `0`. */
export function byteRate(value: number): string {
  return value === 0 ? "0" : `${bytes(value)}/s`;
}

export function percent(value: number): string {
  return Number.isFinite(value) ? `${digits(value, 1)} %` : DASH;
}

/** A plain count: `9,214`, and from a hundred thousand on `1.2 M`. */
export function count(value: number): string {
  if (!Number.isFinite(value)) return DASH;
  if (Math.abs(value) >= 1e9) return `${digits(value / 1e9, 1)} G`;
  if (Math.abs(value) >= 1e6) return `${digits(value / 1e6, 1)} M`;
  if (Math.abs(value) >= 1e5) return `${digits(value / 1e3, 0)} k`;
  return Number.isInteger(value) ? group(value) : digits(value, 2);
}

/** A count of things: `1 node`, `9,214 edges`. */
export function counted(n: number, thing: string): string {
  return `${count(n)} ${thing}${n === 1 ? "" : "s"}`;
}

/** Things per second: `3.1 /s`. */
export function rate(value: number): string {
  return value === 0 ? "0" : `${digits(value, 1)} /s`;
}

/** A round trip, given in microseconds: `310 µs`, `1.2 ms`, `2.4 s`. */
export function rtt(us: number | null): string {
  if (us === null || !Number.isFinite(us)) return DASH;
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1e6) return `${digits(us / 1000, 1)} ms`;
  return `${digits(us / 1e6, 1)} s`;
}

/** A length of time: `42 s`, `12 m 5 s`, `3 d 4 h`. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} m`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** A time of day here: `14:32:08`. */
export function clockTime(ms: number): string {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
}

/** A moment here: the time of day, after its date if that is not today's. */
export function moment(ms: number, now_ms: number): string {
  const at = new Date(ms);
  if (at.toDateString() === new Date(now_ms).toDateString()) return clockTime(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clockTime(ms)}`;
}

/** A counter, which is a decimal string when it does not fit a double exactly. */
export function counter(value: number | string): number {
  return typeof value === "number" ? value : Number(value);
}

/** A value by the format name the server gives its metrics and attributes. */
export function byFormat(value: number, format: string): string {
  switch (format) {
    case "bytes":
    case "filesize":
      return bytes(value);
    case "bytes_per_second":
      return byteRate(value);
    case "percent":
      return percent(value);
    case "duration_ms":
      return duration(value);
    case "seconds":
      return duration(value * 1000);
    default:
      return count(value);
  }
}

/** Three characters or so, to stand inside a glyph: `72%`, `412M`. */
export function tiny(value: number, format: string): string {
  if (format === "percent") return `${Math.round(value)}%`;
  let v = Math.abs(value);
  let unit = 0;
  while (v >= 999.5 && unit < 4) {
    v /= 1000;
    unit++;
  }
  return `${v < 9.95 && !Number.isInteger(v) ? v.toFixed(1) : Math.round(v)}${["", "k", "M", "G", "T"][unit]}`;
}

/** Cuts the middle out of what is too long, because both ends of a name tell things apart. */
export function middleEllipsis(text: string, longest: number): string {
  const chars = [...text];
  if (chars.length <= longest) return text;
  const head = Math.ceil((longest - 1) / 2);
  return `${chars.slice(0, head).join("")}…${chars.slice(chars.length - (longest - 1 - head)).join("")}`;
}

function digits(value: number, most: number): string {
  const places = Math.abs(value) >= 100 ? 0 : most;
  const text = value.toFixed(places);
  return places > 0 ? text.replace(/\.?0+$/, "") : text;
}

function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
