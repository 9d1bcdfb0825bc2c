/** How much is drawn at which size (ui.md 2.6). */

export const Level = { overview: 0, dots: 1, glyphs: 2, detail: 3 } as const;
export type LevelId = (typeof Level)[keyof typeof Level];

/** The radius of the common leaf at scale 1, px. */
export const LEAF_RADIUS = 18;
/** A map with no more nodes than this in sight keeps its glyphs and labels down to the smallest dot. */
const FEW = 300;

export const MOST_EDGES = 4000;
export const MOST_GROUP_EDGES = 600;
export const MOST_LABELS = 400;

/** The level for a scale and the number of nodes in sight. */
export function levelFor(scale: number, visibleNodes: number): LevelId {
  const radius = LEAF_RADIUS * scale;
  if (radius < 3) return visibleNodes <= 60 ? Level.dots : Level.overview;
  if (radius < 8) return visibleNodes <= FEW && radius >= 5 ? Level.glyphs : Level.dots;
  return radius <= 20 ? Level.glyphs : Level.detail;
}
