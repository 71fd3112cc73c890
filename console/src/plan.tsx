/* The plan of one floor as SVG, with what is going on in it. A marked room is a link to its gravest
 * incident; it has the shape and the word of its level. What the pointer or the focus is on is told
 * below the plan, in a place that is always there. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { named, t } from './i18n';
import { LevelMark } from './icons';
import { moment } from './format';
import { may, minute, useLive, worst } from './state';
import type { Door, FloorPlan, Level, Line, Room, Thing } from './types';
import './plan.css';

export interface Mark { level: Level; incidents: Line[] }

/* Which rooms of the plan, and which nodes at all, have signs of these incidents. */
export function marksOf(plan: FloorPlan, lines: readonly Line[]): { rooms: Map<string, Mark>; nodes: Map<string, Level> } {
	const roomsOf = new Map<string, string[]>();
	for (const r of plan.rooms) roomsOf.set(r.id, [r.id]);
	for (const x of plan.things) roomsOf.set(x.id, [x.room]);
	for (const d of plan.doors) roomsOf.set(d.id, [d.to]);
	const rooms = new Map<string, Mark>();
	const nodes = new Map<string, Level>();
	for (const line of lines)
		for (const node of line.nodes) {
			const at = roomsOf.get(node);
			if (!at) continue;
			nodes.set(node, worst([line.level, nodes.get(node) ?? line.level])!);
			for (const room of at) {
				const m = rooms.get(room) ?? { level: line.level, incidents: [] };
				if (!m.incidents.includes(line)) m.incidents.push(line);
				m.level = worst([m.level, line.level])!;
				rooms.set(room, m);
			}
		}
	return { rooms, nodes };
}

const GLYPH = 0.58; /* mean width of a letter, of its height */
const ROW = 1.15; /* height of a row of letters, of theirs */
const SIZES = [0.72, 0.62, 0.5]; /* of letters, of the usual ones: the largest that fits */
const SMALLEST = 9; /* pixels: below it nobody reads */

/* The name in at most `rows` rows of `letters`; null when it does not fit. */
function wrap(name: string, letters: number, rows: number): string[] | null {
	const out: string[] = [];
	for (const word of name.split(' ')) {
		const last = out.at(-1);
		if (last !== undefined && last.length + 1 + word.length <= letters) out[out.length - 1] = `${last} ${word}`;
		else if (word.length <= letters) out.push(word);
		else return null;
	}
	return out.length <= rows ? out : null;
}

/* Metres on this screen: `unit` of a pixel, `em` of the usual letter's height. */
interface Scale { unit: number; em: number }

type Span = readonly [from: number, to: number]; /* across */
interface Place { x: number; y: number; w: number; h: number; vertical: boolean }

const placeOf = (r: Room): Place => r.label ?? { ...r, vertical: false };

/* The widest stretch of a name's place beside what is drawn over it. */
function beside(p: Place, over: readonly Span[]): Place {
	let [x, w, from] = [p.x, 0, p.x];
	for (const [a, b] of [...over, [p.x + p.w, 0] as const].sort((s, o) => s[0] - o[0])) {
		if (a - from > w) [x, w] = [from, a - from];
		from = Math.max(from, b);
	}
	return { ...p, x, w };
}

/* Beside what is drawn over its place where it fits there, else in the midst of it. */
function Name({ room, over, unit, em }: Scale & { room: Room; over: readonly Span[] }): JSX.Element | null {
	const whole = placeOf(room);
	return (over.length > 0 && !whole.vertical && nameIn(room, beside(whole, over), { unit, em })) || nameIn(room, whole, { unit, em });
}

function nameIn(room: Room, { x, y, w, h, vertical }: Place, { unit, em }: Scale): JSX.Element | null {
	const [long, high] = vertical ? [h, w] : [w, h];
	for (const size of SIZES) {
		const font = size * em;
		if (font < SMALLEST * unit) return null;
		const rows = wrap(room.name, Math.floor(long / (font * GLYPH)), Math.max(1, Math.floor(high / (font * ROW))));
		if (!rows) continue;
		const first = -((rows.length - 1) / 2) * font * ROW + 0.35 * font;
		return (
			<g transform={`translate(${x + w / 2} ${y + h / 2})${vertical ? ' rotate(-90)' : ''}`}>
				{rows.map((text, i) => <text key={i} y={first + i * font * ROW} font-size={font}>{text}</text>)}
			</g>
		);
	}
	return null;
}

function Shape({ room }: { room: Room }): JSX.Element {
	const { x, y, w, h, polygon } = room;
	return polygon ? <polygon class="room-shape" points={polygon.map((p) => p.join()).join(' ')} />
		: <rect class="room-shape" x={x} y={y} width={w} height={h} />;
}

const wordOf = (level: Level, em: number): number => named('level', level).length * 0.68 * em * GLYPH;

interface BadgeProps extends Scale { level: Level; x: number; y: number; room: Room }

/* The level's shape with its middle at x, y, and its word beside it where the room is wide enough. */
function Badge({ level, x, y, room, unit, em }: BadgeProps): JSX.Element {
	const size = Math.min(1.3 * em, room.w * 0.8, room.h * 0.8);
	const font = 0.68 * em;
	const word = named('level', level);
	const away = size / 2 + 3 * unit;
	const long = wordOf(level, em);
	const side = x + away + long < room.x + room.w ? 1 : x - away - long > room.x ? -1 : 0;
	return <>
		<LevelMark level={level} x={x - size / 2} y={y - size / 2} size={size} />
		{side !== 0 && <text class={`word level-${level} ${side < 0 ? 'before' : ''}`} x={x + side * away} y={y + 0.35 * font} font-size={font}>{word}</text>}
	</>;
}

interface RoomProps extends Scale { room: Room; mark: Mark | undefined; inside: boolean; over: readonly Span[]; chosen: boolean; here: boolean }

/* `inside`: what is marked in it stands in it, and bears the mark itself. */
/* Where the mark has no room below the name, as in a thin corridor, it stands at its beginning. */
function RoomArt({ room, mark, inside, over, unit, em, chosen, here }: RoomProps): JSX.Element {
	const below = room.label && !room.label.vertical ? room.label.y + room.label.h - room.y : 0;
	const free = Math.max(room.h - below, Math.min(1.3 * em, room.h));
	const first = mark && !inside && below > 0 && room.h - below < 1.3 * em && room.w > 12 * em;
	const end = room.x + 1.8 * em + (mark ? wordOf(mark.level, em) : 0);
	return (
		<g class={`room zone-${room.zone_kind} ${mark ? `marked level-${mark.level}` : ''} ${chosen ? 'chosen' : ''} ${here ? 'here' : ''}`}>
			<Shape room={room} />
			<Name room={room} over={first ? [...over, [room.x, end]] : over} unit={unit} em={em} />
			{mark && !inside &&
				<Badge level={mark.level} x={first ? room.x + 0.9 * em : room.x + room.w / 2} y={first ? room.y + room.h / 2 : room.y + room.h - free / 2} room={room} unit={unit} em={em} />}
		</g>
	);
}

function DoorArt({ door, unit, level }: { door: Door; unit: number; level: Level | undefined }): JSX.Element {
	const long = Math.max(0.9, 7 * unit);
	const wide = Math.max(0.25, 3 * unit);
	const [w, h] = door.vertical ? [wide, long] : [long, wide];
	return <>
		{door.link && <path class="door-link" d={`M${door.link.map((p) => p.join(' ')).join('L')}`} />}
		<rect class={`door ${door.class.includes('controlled') ? 'controlled' : ''} ${level ? `level-${level} marked` : ''}`}
			x={door.x - w / 2} y={door.y - h / 2} width={w} height={h} />
	</>;
}

function ThingArt({ thing, room, unit, em, level }: Scale & { thing: Thing; room: Room | undefined; level: Level | undefined }): JSX.Element {
	if (level && room) return <Badge level={level} x={thing.x} y={thing.y} room={room} unit={unit} em={em} />;
	return <circle class="thing" cx={thing.x} cy={thing.y} r={2 * unit} />;
}

/* A camera whose picture is read, as a link to its page. */
function CameraArt({ thing, unit, aside }: { thing: Thing; unit: number; aside: number }): JSX.Element {
	return (
		<g transform={`translate(${thing.x - aside} ${thing.y}) scale(${unit})`}>
			<rect class="camera-hit" x="-12" y="-12" width="24" height="24" rx="4" />
			<path class="camera-mark" d="M-8-5H3V5H-8ZM3-1 8-5V5L3 1Z" />
		</g>
	);
}

/* The same as a list. */
function CamerasHere({ of }: { of: readonly Thing[] }): JSX.Element | null {
	return of.length ? (
		<details class="plan-cameras no-print">
			<summary>{t('plan.cameras', { n: of.length })}</summary>
			<ul class="list">{of.map((x) => <li key={x.id}><a href={`/camera/${encodeURIComponent(x.id)}`}>{x.name}</a></li>)}</ul>
		</details>
	) : null;
}

function told(plan: FloorPlan, room: Room | undefined, mark: Mark | undefined, cameras: readonly Thing[], picks: boolean): JSX.Element {
	if (!room) return <p class="quiet">{plan.schematic ? `${t('plan.schematic')}. ` : ''}{!picks && <span class="plan-hint">{t('plan.hint')}</span>}</p>;
	const n = plan.things.filter((x) => x.room === room.id).length;
	return (
		<p><b>{room.name}</b> {[named('zone', room.zone_kind), n ? t('plan.things', { n }) : ''].filter(Boolean).join(' · ')}
			{cameras.filter((x) => x.room === room.id).map((x) => <span key={x.id}> · <a href={`/camera/${encodeURIComponent(x.id)}`}>{x.name}</a></span>)}
			{mark && <span class={`told-mark level-${mark.level}`}><LevelMark level={mark.level} />{named('level', mark.level)}: {mark.incidents[0]!.sentence}
				{mark.incidents.length > 1 && ` (${t('plan.room_incidents', { n: mark.incidents.length })})`}</span>}</p>
	);
}

/* The steps of an incident that are on this floor: numbers, joined in the order of time; a line is broken
 * where the way between two of them leads elsewhere. */
export interface Numbered { n: number; nodes: string[] }

function Steps({ plan, steps, unit, em }: Scale & { plan: FloorPlan; steps: readonly Numbered[] }): JSX.Element {
	const at = (id: string): [number, number] | null => {
		const room = plan.rooms.find((r) => r.id === id);
		if (room) return [room.x + Math.min(0.9 * em, room.w / 2), room.y + room.h - Math.min(0.9 * em, room.h / 2)];
		const x = plan.doors.find((d) => d.id === id) ?? plan.things.find((y) => y.id === id);
		return x ? [x.x, x.y - 1.3 * em] : null;
	};
	const here = steps.flatMap((s) => {
		const p = s.nodes.map(at).find((x) => x);
		return p ? [{ n: s.n, x: Math.max(0.7 * em, p[0]), y: Math.max(0.7 * em, p[1]) }] : [];
	});
	return (
		<g class="plan-steps" aria-hidden="true">
			{here.slice(1).map((b, i) => <line key={b.n} class={b.n === here[i]!.n + 1 ? '' : 'broken'} x1={here[i]!.x} y1={here[i]!.y} x2={b.x} y2={b.y} />)}
			{here.map((s) => <g key={s.n}><circle cx={s.x} cy={s.y} r={0.62 * em} /><text x={s.x} y={s.y + 0.28 * em} font-size={0.8 * em} stroke-width={unit}>{s.n}</text></g>)}
		</g>
	);
}

/* Works at which alarms are expected (views/held.tsx). */
export interface Works { id: string; state: string; who: string; why: string; until: string; on: { id: string; name: string }[]; floors: string[] }

function WorksHere({ works }: { works: readonly Works[] }): JSX.Element | null {
	return works.length ? (
		<ul class="plan-works">
			{works.map((w) => <li key={w.id}><a href="/held">{t('plan.works', { who: w.who, on: w.on.map((o) => o.name).join(', '), t: moment(w.until, minute.value) })}</a></li>)}
		</ul>
	) : null;
}

export interface PlanProps {
	works?: readonly Works[]; /* that are in force on this floor */
	plan: FloorPlan;
	lines: readonly Line[]; /* what is marked, gravest first */
	chosen?: Line | null; /* whose rooms stand out */
	here?: string | null; /* a room that the reader looks for, or is in */
	watched?: ReadonlySet<string>; /* cameras whose picture is read, and that have a page */
	trail?: readonly Numbered[] | undefined; /* the way that an incident took */
	pick?: ((room: Room) => void) | undefined; /* a room is chosen instead of opened; also from a list that the caller has */
}

export function PlanView({ plan, lines, chosen, here, pick, works = [], watched, trail }: PlanProps): JSX.Element {
	const box = useRef<HTMLDivElement>(null);
	const [{ unit, em }, setScale] = useState<Scale>({ unit: 0, em: 0 });
	const [at, setAt] = useState<string | null>(null);
	const [held, hold] = useState<string | null>(null); /* a room that was touched stays in the panel */
	const { rooms, nodes } = useMemo(() => marksOf(plan, lines), [plan, lines]);

	useEffect(() => {
		const watch = new ResizeObserver(([e]) => {
			const { width, height } = e!.contentRect;
			const scale = Math.min(width / plan.width, height / plan.height);
			if (scale > 0) setScale({ unit: 1 / scale, em: parseFloat(getComputedStyle(document.documentElement).fontSize) / scale });
		});
		watch.observe(box.current!);
		return () => watch.disconnect();
	}, [plan]);

	const room = plan.rooms.find((r) => r.id === (at ?? held));
	const cameras = plan.things.filter((x) => watched?.has(x.id));
	const linked = cameras.filter((x) => !nodes.has(x.id));
	const worked = new Set(works.flatMap((w) => w.on.map((o) => o.id)));
	const aside = (id: string) => rooms.has(id) ? 1.8 * em : 0; /* a camera, of a mark in its room */
	const over = (r: Room): Span[] => linked.filter((x) => x.room === r.id && x.y + 12 * unit > placeOf(r).y && x.y - 12 * unit < placeOf(r).y + placeOf(r).h)
		.map((x) => [x.x - aside(r.id) - 14 * unit, x.x - aside(r.id) + 14 * unit]);
	const enter = (id: string) => ({ onPointerEnter: () => setAt(id), onFocusIn: () => setAt(id), onFocusOut: () => setAt(null) });
	const isChosen = (m: Mark | undefined) => !!chosen && !!m?.incidents.some((l) => l.id === chosen.id);
	return (
		<figure class="plan">
			<div class="plan-box" ref={box}>
				<svg viewBox={`0 0 ${plan.width} ${plan.height}`} preserveAspectRatio="xMidYMin meet" role="group" aria-label={t('plan.of', { floor: plan.name })}
					onPointerLeave={() => setAt(null)}>
					{unit > 0 && <>
						{plan.rooms.filter((r) => !rooms.has(r.id)).map((r) => (
							<g key={r.id} class={worked.has(r.id) ? 'worked' : ''} aria-hidden="true" {...enter(r.id)} onClick={() => (pick ?? ((x: Room) => hold(x.id)))(r)}><RoomArt room={r} mark={undefined} inside={false} over={over(r)} unit={unit} em={em} chosen={false} here={r.id === here} /></g>
						))}
						{plan.rooms.filter((r) => rooms.has(r.id)).map((r) => {
							const m = rooms.get(r.id)!;
							const line = m.incidents[0]!;
							return (
								<a key={r.id} class={worked.has(r.id) ? 'worked' : ''} href={`/incidents/${encodeURIComponent(line.id)}`} {...enter(r.id)}
									onClick={(e) => { if (pick) { e.preventDefault(); pick(r); } }}>
									<title>{t('plan.room_says', { name: r.name, level: named('level', m.level), what: line.sentence })}</title>
									<RoomArt room={r} mark={m} inside={plan.things.some((x) => x.room === r.id && nodes.has(x.id))} over={over(r)} unit={unit} em={em} chosen={isChosen(m)} here={r.id === here} />
								</a>
							);
						})}
						<g class="fittings" aria-hidden="true">
							{plan.doors.map((d) => <DoorArt key={d.id} door={d} unit={unit} level={nodes.get(d.id)} />)}
							{plan.things.filter((x) => !linked.includes(x)).sort((a, b) => +nodes.has(a.id) - +nodes.has(b.id)).map((x) => <ThingArt key={x.id} thing={x} room={plan.rooms.find((r) => r.id === x.room)} unit={unit} em={em} level={nodes.get(x.id)} />)}
						</g>
						{trail && <Steps plan={plan} steps={trail} unit={unit} em={em} />}
						{linked.map((x) => (
							<a key={x.id} class="plan-camera" href={`/camera/${encodeURIComponent(x.id)}`} aria-label={t('plan.camera', { name: x.name })} {...enter(x.room)}>
								<title>{t('plan.camera', { name: x.name })}</title>
								<CameraArt thing={x} unit={unit} aside={aside(x.room)} />
							</a>
						))}
					</>}
				</svg>
			</div>
			<figcaption class="plan-told">{told(plan, room, room && rooms.get(room.id), cameras, !!pick)}</figcaption>
			<WorksHere works={works} />
			<CamerasHere of={cameras} />
		</figure>
	);
}

/* The same, by the floor's id. */
export function Plan({ floor, lines, chosen, here, pick, trail }: Omit<PlanProps, 'plan'> & { floor: string }): JSX.Element {
	const plan = useLive<FloorPlan>(`/plans/${encodeURIComponent(floor)}`, () => false);
	const { data } = useLive<{ items: Works[] }>(may('see.incidents') ? '/permits' : null, (c) => c.kind === 'permit');
	const cameras = useLive<{ items: { asset: string }[] }>(may('see.state') ? '/cameras' : null, () => false).data?.items;
	const watched = useMemo(() => new Set(cameras?.map((c) => c.asset)), [cameras]);
	const works = data?.items.filter((p) => p.state === 'now' && p.floors.includes(floor)) ?? [];
	if (plan.data) return <PlanView works={works} watched={watched} plan={plan.data} lines={lines} chosen={chosen ?? null} here={here ?? null} pick={pick} trail={trail} />;
	return <div class="plan"><div class="plan-box"><p class="quiet" aria-busy={!plan.problem}>
		{plan.problem?.status === 404 ? t('plan.none') : t('app.loading')}</p></div><div class="plan-told" /></div>;
}
