/** Widths of texts in canvas fonts, remembered: measuring is the dearest part of placing labels. */
const MOST = 20_000;
const widths = new Map<string, number>();

export function measureText(g: CanvasRenderingContext2D, font: string, text: string): number {
  const key = `${font}\n${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (widths.size >= MOST) widths.clear();
  g.font = font;
  const { width } = g.measureText(text);
  widths.set(key, width);
  return width;
}

/** Forgets all widths, for when the font has arrived. */
export function forgetWidths(): void {
  widths.clear();
}
