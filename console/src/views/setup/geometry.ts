/* Rooms of a floor as rectangles, in metres: walls that meet, ground that two claim, doors between them. */

export interface Box { x: number; y: number; w: number; h: number }
export interface Place extends Box { id: string; corners?: [number, number][] }

export const STEP = 0.5;
const NEAR = 0.4; /* closer than that, two walls are one */
const EPS = 0.005;

export const round = (v: number): number => Math.round(v * 100) / 100;
export const toGrid = (v: number): number => round(Math.round(v / STEP) * STEP);

/* A coordinate onto a wall of another room that is near, else onto the grid. */
export function snap(v: number, walls: readonly number[]): number {
	const near = walls.reduce<number | null>((a, b) => (Math.abs(b - v) < Math.abs((a ?? Infinity) - v) ? b : a), null);
	return near !== null && Math.abs(near - v) <= NEAR ? near : toGrid(v);
}

export const wallsX = (all: readonly Box[]): number[] => all.flatMap((b) => [b.x, round(b.x + b.w)]);
export const wallsY = (all: readonly Box[]): number[] => all.flatMap((b) => [b.y, round(b.y + b.h)]);

export const overlaps = (a: Box, b: Box): boolean =>
	a.x < b.x + b.w - EPS && b.x < a.x + a.w - EPS && a.y < b.y + b.h - EPS && b.y < a.y + a.h - EPS;

/* The wall that two share, as its middle; null: they share none that a door fits into. */
export function shared(a: Box, b: Box): { x: number; y: number; vertical: boolean } | null {
	const x0 = Math.max(a.x, b.x), x1 = Math.min(a.x + a.w, b.x + b.w);
	const y0 = Math.max(a.y, b.y), y1 = Math.min(a.y + a.h, b.y + b.h);
	if (Math.abs(x1 - x0) < EPS && y1 - y0 >= STEP) return { x: x0, y: (y0 + y1) / 2, vertical: true };
	if (Math.abs(y1 - y0) < EPS && x1 - x0 >= STEP) return { x: (x0 + x1) / 2, y: y0, vertical: false };
	return null;
}

/* Around all of it, with room to draw. */
export function page(all: readonly Box[]): Box {
	const x = Math.min(0, ...all.map((b) => b.x)) - 2, y = Math.min(0, ...all.map((b) => b.y)) - 2;
	return { x, y, w: Math.max(24, ...all.map((b) => b.x + b.w + 6)) - x, h: Math.max(13, ...all.map((b) => b.y + b.h + 5)) - y };
}

/* Beside what is there: where nobody stands in the way. */
export function free(all: readonly Box[], w: number, h: number): Box {
	for (let y = 0; ; y = round(y + STEP))
		for (let x = 0; x <= 40 - w; x = round(x + STEP))
			if (!all.some((b) => overlaps(b, { x, y, w, h }))) return { x, y, w, h };
}

/* "x:y x:y" of plan.csv. */
export const cornersOf = (text: string): [number, number][] => text.split(/\s+/).filter(Boolean).map((p) => p.split(':').map(Number) as [number, number]);
export function around(corners: readonly [number, number][]): Box {
	const xs = corners.map((c) => c[0]), ys = corners.map((c) => c[1]);
	const x = Math.min(...xs), y = Math.min(...ys);
	return { x, y, w: round(Math.max(...xs) - x), h: round(Math.max(...ys) - y) };
}
