/* A camera's zones, lines and masks as they are drawn, and the file that says the same. Of the file only
 * what was changed is written anew: comments and everything else stay as somebody wrote them. */
export type Point = [number, number];
export interface Hours { days: number[]; from: string; to: string }
export type Kind = 'zones' | 'lines' | 'masks';
export interface Item {
	kind: Kind; id: string; points: Point[]; hours: Hours[];
	intrusion: boolean; loiter_s: number; left_s: number; crowd: number; fall: boolean; agitation: boolean; smoke: boolean;
	alive_s: number; inertia_s: number; displacement: number; door: string; wrong_way: string;
}
export type Told = Record<Kind, Partial<Item>[]> & { patient_room: boolean; perspective: boolean };
export interface CameraPage {
	asset: string; name: string; where: string; room: string | null; floor: string | null; file: string; fps: number; wrong: string; plan: Told;
	source: { id: string; state: string; since: string | null; last: string | null; trouble: string; events: number | null; hours: number[] };
	found: { title: string; rule: string; n: number; last: string }[];
	doors: { id: string; name: string; key: string }[];
}

export const KINDS: readonly Kind[] = ['zones', 'lines', 'masks'];
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const INERTIA_S = 0.6;
const DISPLACEMENT = 0.1;
const EMPTY = {
	hours: [], intrusion: false, loiter_s: 0, left_s: 0, crowd: 0, fall: false, agitation: false, smoke: false,
	alive_s: 0, inertia_s: INERTIA_S, displacement: DISPLACEMENT, door: '', wrong_way: '',
};

export const items = (p: Told): Item[] =>
	KINDS.flatMap((kind) => p[kind].map((x) => ({ ...EMPTY, ...x, kind }) as Item));

/* A new one in the middle, to be pulled into shape; its id is free. */
export function fresh(kind: Kind, all: readonly Item[]): Item {
	const word = kind.slice(0, -1);
	let n = 1;
	while (all.some((x) => x.kind === kind && x.id === `${word}-${n}`)) n++;
	const points: Point[] = kind === 'lines' ? [[0.3, 0.7], [0.7, 0.7]] : [[0.3, 0.4], [0.7, 0.4], [0.7, 0.8], [0.3, 0.8]];
	return { ...EMPTY, kind, id: `${word}-${n}`, points, intrusion: kind === 'zones' };
}

/* To a point of another one that is near, and to the picture's edges; else to thousandths. */
const NEAR = 0.012;
export function snap([x, y]: Point, others: readonly Item[]): Point {
	const near = others.flatMap((i) => i.points).find(([a, b]) => Math.hypot(a - x, b - y) < NEAR);
	const one = (v: number): number => v < NEAR ? 0 : v > 1 - NEAR ? 1 : Math.round(v * 1000) / 1000;
	return near ? [...near] : [one(x), one(y)];
}

/* --- The file --- */

const number = (v: number): string => String(Math.round(v * 1e4) / 1e4);
const point = (p: Point): string => `[${number(p[0])}, ${number(p[1])}]`;
const text = (s: string): string => /^[a-z][\w-]*$/i.test(s) && !/^(y|n|yes|no|true|false|on|off|null)$/i.test(s) ? s : JSON.stringify(s);
const span = (s: number): string => Number.isInteger(s) ? `${s}s` : `${Math.round(s * 1000)}ms`;

/* Of days in a row, perhaps over the week's end, the first and the last. */
export function week(days: readonly number[]): [number, number] {
	if (days.length % 7 === 0) return [0, 6];
	const first = days.find((d) => !days.includes((d + 6) % 7))!;
	return [first, (first + days.length - 1) % 7];
}

function write(x: Item): string[] {
	const out = [`id: ${text(x.id)}`];
	if (x.kind === 'lines') out.push(`from: ${point(x.points[0]!)}`, `to: ${point(x.points[1]!)}`);
	else out.push(`polygon: [${x.points.map(point).join(', ')}]`);
	for (const k of ['intrusion', 'fall', 'agitation', 'smoke'] as const) if (x[k]) out.push(`${k}: true`);
	if (x.loiter_s) out.push(`loiter: ${span(x.loiter_s)}`);
	if (x.left_s) out.push(`left: ${span(x.left_s)}`);
	if (x.alive_s) out.push(`alive: ${span(x.alive_s)}`);
	if (x.crowd) out.push(`crowd: ${x.crowd}`);
	if (x.inertia_s !== INERTIA_S) out.push(`inertia: ${span(x.inertia_s)}`);
	if (x.displacement !== DISPLACEMENT) out.push(`displacement: ${number(x.displacement)}`);
	if (x.door) out.push(`door: ${text(x.door)}`);
	if (x.wrong_way) out.push(`wrong_way: ${x.wrong_way}`);
	if (x.hours.length) out.push(`hours: [${x.hours.map((h) => {
		const [a, b] = week(h.days);
		return `{days: ${DAYS[a]}-${DAYS[b]}, from: "${h.from}", to: "${h.to}"}`;
	}).join(', ')}]`);
	return out.map((line, i) => (i ? '    ' : '  - ') + line);
}

/* The file's text with what was changed; of a part that was not, not a letter is another. */
export function rewrite(was: string, before: readonly Item[], after: readonly Item[]): string {
	const lines = was.replace(/\n$/, '').split('\n');
	for (const kind of KINDS) {
		const of = (all: readonly Item[]) => all.filter((x) => x.kind === kind);
		if (JSON.stringify(of(before)) === JSON.stringify(of(after))) continue;
		const now = of(after).length ? [`${kind}:`, ...of(after).flatMap(write)] : [];
		const from = lines.findIndex((l) => l.startsWith(`${kind}:`));
		if (from < 0) {
			lines.push(...now);
			continue;
		}
		let to = from + 1;
		while (to < lines.length && !/^[^\s-]/.test(lines[to]!)) to++;
		lines.splice(from, to - from, ...now);
	}
	return lines.filter((l, i) => i || l).join('\n') + '\n';
}

/* sources.yml, in which the source's first file of zones is named; null: the source is not found there. */
export function name(sources: string, source: string, file: string): string | null {
	const lines = sources.split('\n');
	const at = lines.findIndex((l) => /^\s*-\s+id:\s/.test(l) && l.replace(/^\s*-\s+id:\s*|["']|\s+#.*$/g, '').trim() === source);
	if (at < 0) return null;
	lines.splice(at + 1, 0, `${lines[at]!.replace(/-.*$/, '  ')}zones: ${file}`);
	return lines.join('\n');
}
