/* The plan of a floor, drawn in metres: by dragging, by keys, or by numbers. What is drawn are lines of rooms.csv, doors.csv and
 * plan.csv; nothing is kept here. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { colon, t } from '../../i18n';
import { said, useLive } from '../../state';
import type { FloorPlan, Named } from '../../types';
import type { Book, File } from './book';
import { idOf } from './csv';
import { around, cornersOf, free, overlaps, page, round, shared, snap, STEP, wallsX, wallsY, type Box } from './geometry';
import { dropDraft, Field, Pick, useDraft } from './parts';

interface Drawn { id: string; name: string; class: string; zone: string; box: Box | null; corners?: [number, number][]; fresh: boolean }
interface Opening { id: string; name: string; class: string; from: string; to: string; fresh: boolean }
interface Drag { id: string | null; edge: string; from: { x: number; y: number }; box: Box }

const EDGES = ['nw', 'ne', 'sw', 'se'];
const MIN = 0.5;
const DOORS = ['door', 'door.controlled'];

/* What the directory has of the floor: its rooms wherever they stand, with their places. */
function begin(plan: FloorPlan | null, book: Book): { rooms: Drawn[]; doors: Opening[] } {
	const at = new Map(book.rows('plan').map((r) => [r.room!, r]));
	const rooms = (plan?.rooms ?? []).map((r): Drawn => {
		const p = at.get(r.id);
		const corners = p?.polygon ? cornersOf(p.polygon) : undefined;
		const box = corners ? around(corners) : p?.w ? { x: +p.x!, y: +p.y!, w: +p.w, h: +p.h! } : null;
		return { id: r.id, name: r.name, class: r.class, zone: r.zone ?? '', box, ...(corners ? { corners } : {}), fresh: false };
	});
	return { rooms, doors: (plan?.doors ?? []).map((d) => ({ ...d, fresh: false })) };
}

/* Moved or given another size; its corners go with it. */
function placed(r: Drawn, box: Box): Drawn {
	const corners = r.corners && r.box ? r.corners.map(([x, y]): [number, number] => [round(x + box.x - r.box!.x), round(y + box.y - r.box!.y)]) : undefined;
	return corners ? { ...r, corners, box: { ...r.box!, x: box.x, y: box.y } } : { ...r, box };
}

function dragged(d: Drag, to: { x: number; y: number }, others: readonly Box[]): Box {
	const xs = wallsX(others), ys = wallsY(others);
	const { box } = d;
	if (d.edge === 'all') {
		const x = round(box.x + to.x - d.from.x), y = round(box.y + to.y - d.from.y);
		const by = (v: number, long: number, walls: number[]) => { /* whichever of its two walls meets one */
			const a = snap(v, walls), b = round(snap(round(v + long), walls) - long);
			return walls.includes(a) || !walls.includes(round(b + long)) ? a : b;
		};
		return { ...box, x: by(x, box.w, xs), y: by(y, box.h, ys) };
	}
	const x = snap(to.x, xs), y = snap(to.y, ys);
	const left = d.edge.includes('w') ? Math.min(x, box.x + box.w - MIN) : box.x;
	const top = d.edge.includes('n') ? Math.min(y, box.y + box.h - MIN) : box.y;
	const right = d.edge.includes('e') ? Math.max(x, left + MIN) : box.x + box.w;
	const bottom = d.edge.includes('s') ? Math.max(y, top + MIN) : box.y + box.h;
	return { x: round(left), y: round(top), w: round(right - left), h: round(bottom - top) };
}

interface SheetProps {
	rooms: Drawn[]; doors: Opening[]; chosen: string | null; adding: boolean; over: ReadonlySet<string>;
	choose: (id: string | null) => void; change: (r: Drawn) => void; add: (box: Box) => void; name: string;
}

function Sheet({ rooms, doors, chosen, adding, over, choose, change, add, name }: SheetProps): JSX.Element {
	const svg = useRef<SVGSVGElement>(null);
	const drag = useRef<Drag | null>(null);
	const [rubber, setRubber] = useState<Box | null>(null);
	const [unit, setUnit] = useState(0.05);
	const boxes = rooms.flatMap((r) => r.box ?? []);
	const held = useRef<Box | null>(null); /* the page stays while something is dragged */
	const view = held.current ?? page(boxes);
	useEffect(() => {
		const watch = new ResizeObserver(([e]) => { if (e!.contentRect.width) setUnit(view.w / e!.contentRect.width); });
		watch.observe(svg.current!);
		return () => watch.disconnect();
	}, [view.w]);

	const point = (e: PointerEvent) => {
		const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.current!.getScreenCTM()!.inverse());
		return { x: round(p.x), y: round(p.y) };
	};
	const others = (id: string | null) => rooms.flatMap((r) => r.id !== id && r.box ? [r.box] : []);
	const grab = (e: PointerEvent, id: string | null, edge: string, box: Box) => {
		e.stopPropagation();
		svg.current!.setPointerCapture(e.pointerId);
		held.current = view;
		drag.current = { id, edge, from: point(e), box };
	};
	const down = (e: PointerEvent) => {
		if (!adding) return choose(null);
		const p = point(e);
		const o = others(null);
		grab(e, null, 'se', { x: snap(p.x, wallsX(o)), y: snap(p.y, wallsY(o)), w: 0, h: 0 });
	};
	const move = (e: PointerEvent) => {
		const d = drag.current;
		if (!d) return;
		const box = dragged(d, point(e), others(d.id));
		const r = rooms.find((x) => x.id === d.id);
		if (r) change(placed(r, box));
		else setRubber(box);
	};
	const up = () => {
		const d = drag.current;
		drag.current = held.current = null;
		if (d && !d.id && rubber && rubber.w >= 1 && rubber.h >= 1) add(rubber);
		setRubber(null);
	};
	const key = (e: KeyboardEvent, r: Drawn & { box: Box }) => {
		const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[e.key];
		if (e.key === 'Enter' || e.key === ' ') choose(r.id);
		else if (!by) return;
		else {
			const [dx, dy] = by as [number, number];
			change(placed(r, e.shiftKey ? { ...r.box, w: Math.max(MIN, round(r.box.w + dx)), h: Math.max(MIN, round(r.box.h + dy)) }
				: { ...r.box, x: round(r.box.x + dx), y: round(r.box.y + dy) }));
			choose(r.id);
		}
		e.preventDefault();
		e.stopPropagation();
	};
	const drawn = rooms.filter((r): r is Drawn & { box: Box } => !!r.box).sort((a, b) => +(a.id === chosen) - +(b.id === chosen));
	const one = drawn.find((r) => r.id === chosen);
	return (
		<svg ref={svg} class={`draw ${adding ? 'adding' : ''}`} viewBox={`${view.x} ${view.y} ${view.w} ${view.h}`} role="group" aria-label={t('plan.of', { floor: name })}
			onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up}>
			<defs><pattern id="metres" width="5" height="5" patternUnits="userSpaceOnUse">
				<path class="metre" d="M1 0v5M2 0v5M3 0v5M4 0v5M0 1h5M0 2h5M0 3h5M0 4h5" stroke-width={unit / 2} /><path class="metre five" d="M0 0h5M0 0v5" stroke-width={unit} />
			</pattern></defs>
			<rect x={view.x} y={view.y} width={view.w} height={view.h} fill="url(#metres)" />
			{drawn.map((r) => (
				<g key={r.id} class={`room ${r.id === chosen ? 'chosen' : ''} ${over.has(r.id) ? 'over' : ''}`} tabindex={0} role="button" aria-pressed={r.id === chosen}
					aria-label={t(over.has(r.id) ? 'set.room_over' : 'set.room_at', { name: r.name, x: r.box.x, y: r.box.y, w: r.box.w, h: r.box.h })}
					onPointerDown={(e) => { if (!adding) { choose(r.id); grab(e, r.id, 'all', r.box); } }} onKeyDown={(e) => key(e, r)}>
					{r.corners ? <polygon points={r.corners.map((c) => c.join()).join(' ')} /> : <rect {...{ x: r.box.x, y: r.box.y, width: r.box.w, height: r.box.h }} />}
					{r.box.w > 30 * unit && <text x={r.box.x + r.box.w / 2} y={r.box.y + r.box.h / 2 + 4 * unit} font-size={Math.min(12 * unit, r.box.h * 0.6, (r.box.w / Math.max(r.name.length, 1)) * 1.7)}>{r.name}</text>}
				</g>
			))}
			{doors.map((d) => {
				const [a, b] = [d.from, d.to].map((id) => rooms.find((r) => r.id === id)?.box);
				const at = a && b && shared(a, b);
				return at && <rect key={d.id} class="door" x={at.x - (at.vertical ? 2 * unit : 0.5)} y={at.y - (at.vertical ? 0.5 : 2 * unit)} width={at.vertical ? 4 * unit : 1} height={at.vertical ? 1 : 4 * unit} />;
			})}
			{one && !adding && !one.corners && EDGES.map((edge) => (
				<g key={edge} class={`handle ${edge}`} onPointerDown={(e) => grab(e, one.id, edge, one.box)} transform={`translate(${one.box.x + (edge.includes('e') ? one.box.w : 0)} ${one.box.y + (edge.includes('s') ? one.box.h : 0)})`}>
					<circle class="reach" r={16 * unit} /><circle r={5 * unit} />
				</g>
			))}
			{rubber && <rect class="rubber" x={rubber.x} y={rubber.y} width={rubber.w} height={rubber.h} />}
		</svg>
	);
}

interface Lists { classes: readonly Named[]; zones: readonly Named[]; taken: ReadonlySet<string>; places: readonly Named[] }

function RoomForm({ room, own, lists, change, remove }: { room: Drawn; own: boolean; lists: Lists; change: (r: Drawn) => void; remove: () => void }): JSX.Element {
	const size = (k: keyof Box) => room.box && (
		<Field label={t(`set.${k}` as 'set.x')} type="number" step={STEP} min={k === 'w' || k === 'h' ? MIN : undefined} value={String(room.box[k])}
			set={(v) => { const n = round(+v); if (v && isFinite(n) && (n >= MIN || k === 'x' || k === 'y')) change(placed(room, { ...room.box!, [k]: n })); }} />
	);
	return (
		<fieldset class="fields">
			<legend>{room.name || t('set.new_room')}</legend>
			{own ? <>
				<Field label={t('set.name')} value={room.name} set={(name) => change({ ...room, name })} />
				<Pick label={t('set.class')} of={lists.classes} value={room.class} set={(v) => change({ ...room, class: v })} />
				<Pick label={t('set.zone')} none of={lists.zones} value={room.zone} set={(zone) => change({ ...room, zone })} />
			</> : <p class="quiet">{t('set.elsewhere')}</p>}
			<div class="numbers">{size('x')}{size('y')}{!room.corners && <>{size('w')}{size('h')}</>}</div>
			<p class="buttons"><button type="button" class="button" onClick={remove}>{t(room.fresh ? 'set.remove' : 'set.off_plan')}</button></p>
		</fieldset>
	);
}

function Doors({ rooms, doors, lists, set }: { rooms: Drawn[]; doors: Opening[]; lists: Lists; set: (d: Opening[]) => void }): JSX.Element {
	const [from, setFrom] = useState('');
	const [to, setTo] = useState('');
	const [kind, setKind] = useState(DOORS[0]!);
	const nameOf = (id: string) => (rooms.find((r) => r.id === id) ?? lists.places.find((p) => p.id === id))?.name ?? id;
	const a = rooms.find((r) => r.id === from)?.box;
	const near = rooms.filter((r) => r.id !== from && a && r.box && shared(a, r.box));
	const target = near.some((r) => r.id === to) ? to : '';
	const add = () => {
		const id = idOf(`door-${from}-${target}`, new Set([...lists.taken, ...doors.map((d) => d.id)]));
		set([...doors, { id, name: `${nameOf(from)} – ${nameOf(target)}`, class: kind, from, to: target, fresh: true }]);
		said.value = t('set.door_added', { name: nameOf(target) });
		setTo('');
	};
	return (
		<fieldset class="fields">
			<legend>{t('set.doors')}</legend>
			<div class="line">
				<Pick label={t('set.from')} none of={rooms.filter((r) => r.box)} value={from} set={setFrom} />
				<Pick label={t('set.to')} none of={near} value={target} set={setTo} />
				<Pick label={t('set.class')} of={lists.classes} value={kind} set={setKind} />
				<button type="button" class="button" disabled={!target} onClick={add}>{t('set.add_door')}</button>
			</div>
			{from && !near.length && <p class="quiet">{t('set.no_wall')}</p>}
			<ul class="list">{doors.map((d) => (
				<li key={d.id} class="line">{[d.from, d.to].every((id) => rooms.some((r) => r.id === id)) ? `${nameOf(d.from)} – ${nameOf(d.to)}` : d.name || `${nameOf(d.from)} – ${nameOf(d.to)}`}
					{d.fresh && <button type="button" class="plain" aria-label={`${t('set.remove')}${colon()}${d.name}`} onClick={() => set(doors.filter((x) => x !== d))}>{t('set.remove')}</button>}</li>
			))}</ul>
		</fieldset>
	);
}

/* The lines that the drawing makes of the tables. */
function written(book: Book, floor: string, rooms: readonly Drawn[], doors: readonly Opening[], own: ReadonlySet<string>): File[] {
	const next = book.copy();
	for (const r of rooms) {
		if (r.fresh || own.has(r.id)) next.put('rooms', { id: r.id, name: r.name, floor, class: r.class, zone: r.zone });
		if (!r.box) next.remove('plan', r.id, 'room');
		else if (r.corners) next.put('plan', { room: r.id, polygon: r.corners.map((c) => c.join(':')).join(' ') }, 'room');
		else next.put('plan', { room: r.id, x: String(r.box.x), y: String(r.box.y), w: String(r.box.w), h: String(r.box.h) }, 'room');
	}
	for (const d of doors) if (d.fresh) next.put('doors', { id: d.id, name: d.name, from: d.from, to: d.to, class: d.class });
	return next.changed();
}

export function Editor({ floor, plan, book, zones, take }: {
	floor: Named; plan: FloorPlan | null; book: Book; zones: readonly Named[]; take: (files: File[]) => void;
}): JSX.Element {
	const from = useMemo(() => begin(plan, book), [plan, book]);
	const [{ rooms, doors }, set] = useDraft(`draw.${floor.id}`, from);
	const setRooms = (next: (all: Drawn[]) => Drawn[]) => set((is) => ({ ...is, rooms: next(is.rooms) }));
	const setDoors = (next: Opening[]) => set((is) => ({ ...is, doors: next }));
	const [chosen, choose] = useState<string | null>(null);
	const [adding, setAdding] = useState(!rooms.some((r) => r.box));
	const places = useLive<{ places: Named[] }>('/model', () => false).data?.places ?? [];
	const classes = useLive<{ items: Named[] }>('/model/classes', () => false).data?.items ?? [];
	const own = useMemo(() => new Set(book.rows('rooms').map((r) => r.id!)), [book]);
	const taken = new Set([...places.map((p) => p.id), ...rooms.map((r) => r.id), ...own, ...book.rows('doors').map((d) => d.id!)]);
	const over = new Set(rooms.filter((a) => a.box && rooms.some((b) => b.id !== a.id && b.box && overlaps(a.box!, b.box) && !a.corners && !b.corners)).map((r) => r.id));
	const room = rooms.find((r) => r.id === chosen);
	const off = rooms.filter((r) => !r.box);
	const files = written(book, floor.id, rooms, doors, own);
	const change = (r: Drawn) => setRooms((all) => all.map((x) => (x.id === r.id ? r : x)));
	const add = (box: Box) => {
		const name = t('set.room_n', { n: rooms.length + 1 });
		const id = idOf(`${floor.id}-${name}`, taken);
		setRooms((all) => [...all, { id, name, class: 'room', zone: '', box, fresh: true }]);
		choose(id);
		setAdding(false);
	};
	const remove = (r: Drawn) => {
		if (r.fresh) {
			setRooms((all) => all.filter((x) => x.id !== r.id));
			setDoors(doors.filter((d) => !d.fresh || (d.from !== r.id && d.to !== r.id)));
		} else change({ ...r, box: null });
		choose(null);
	};
	const spot = (w: number, h: number) => free(rooms.flatMap((r) => r.box ?? []), w, h);
	return (
		<div class="editor">
			<p class="buttons">
				<button type="button" class="button" aria-pressed={adding} onClick={() => setAdding(!adding)}>{t('set.drag_room')}</button>
				<button type="button" class="button" onClick={() => add(spot(4, 3))}>{t('set.add_room')}</button>
				<button type="button" class="button primary" disabled={!files.length} onClick={() => take(files)}>{t('set.look_over')}</button>
				{files.length > 0 && <button type="button" class="plain" onClick={() => { dropDraft(`draw.${floor.id}`); set(from); choose(null); }}>{t('set.as_it_was')}</button>}
			</p>
			<p class="quiet">{t('set.draw_hint')}</p>
			<div class="draw-cols">
				<Sheet {...{ rooms, doors, chosen, adding, over, choose, change, add, name: floor.name }} />
				<div class="draw-forms">
					{over.size > 0 && <p class="warned" role="status">{t('set.overlap', { names: rooms.filter((r) => over.has(r.id)).map((r) => r.name).join(', ') })}</p>}
					{off.length > 0 && <div><p>{t('set.no_place', { n: off.length })}</p><p class="buttons">{off.map((r) => (
						<button key={r.id} type="button" class="button" onClick={() => { change({ ...r, box: spot(4, 3) }); choose(r.id); }}>{r.name}</button>))}</p></div>}
					{room && <RoomForm key={room.id} room={room} own={room.fresh || own.has(room.id)} lists={{ classes: classes.filter((c) => /^room(\.|$)/.test(c.id)), zones, taken, places }} change={change} remove={() => remove(room)} />}
					<Doors rooms={rooms} doors={doors} lists={{ classes: classes.filter((c) => /^door(\.|$)/.test(c.id)), zones, taken, places }} set={setDoors} />
				</div>
			</div>
		</div>
	);
}
