/* The frame that zones are drawn on: a still, or nothing but its shape. By mouse, finger and keyboard. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Boxes, type Box } from './boxes';
import { snap, type Item, type Point } from './plan';

const W = 1000;
const STEP = 0.01;
const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export interface FrameProps {
	boxes: readonly Box[]; lit: string; /* what was found, and which of it stands out */
	all: readonly Item[]; chosen: number; still: string | null; aspect: number; edits: boolean;
	choose: (i: number) => void;
	set: (points: Point[], begins: boolean) => void; /* of the chosen one; `begins`: what was before can be undone */
}

const least = (x: Item): number => x.kind === 'lines' ? 2 : 3;

/* Across the middle of a line, towards the side that is in: the right hand of who looks along it. */
function Arrow({ x, h, unit }: { x: Item; h: number; unit: number }): JSX.Element {
	const [[ax, ay], [bx, by]] = x.points.map(([a, b]) => [a * W, b * h]) as [Point, Point];
	const long = Math.hypot(bx - ax, by - ay) || 1;
	const [nx, ny] = [-(by - ay) / long, (bx - ax) / long];
	const [mx, my, s] = [(ax + bx) / 2, (ay + by) / 2, 26 * unit];
	const [tx, ty] = [mx + nx * s, my + ny * s];
	return <>
		<path class="cam-arrow" d={`M${mx} ${my}L${tx} ${ty}M${tx - (nx + ny) * s / 3} ${ty - (ny - nx) * s / 3}L${tx} ${ty}L${tx - (nx - ny) * s / 3} ${ty - (ny + nx) * s / 3}`} />
		<text class="cam-name" x={tx + nx * 12 * unit} y={ty + ny * 12 * unit + 4 * unit} font-size={12 * unit} text-anchor="middle">{t('cam.in')}</text>
	</>;
}

function Shape({ x, h, unit, on, choose }: { x: Item; h: number; unit: number; on: boolean; choose: () => void }): JSX.Element {
	const points = x.points.map(([a, b]) => `${a * W},${b * h}`).join(' ');
	const [top] = [...x.points].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
	return (
		<g class={`cam-${x.kind} ${on ? 'on' : ''}`} onPointerDown={choose}>
			{x.kind === 'lines' ? <polyline points={points} /> : <polygon points={points} />}
			{x.kind === 'lines' && <Arrow x={x} h={h} unit={unit} />}
			<text class="cam-name" x={top![0] * W + 8 * unit} y={Math.max(14 * unit, top![1] * h + 16 * unit)} font-size={13 * unit}>{x.id}</text>
		</g>
	);
}

export function Frame({ boxes, lit, all, chosen, still, aspect, edits, choose, set }: FrameProps): JSX.Element {
	const svg = useRef<SVGSVGElement>(null);
	const held = useRef<number | null>(null);
	const [unit, setUnit] = useState(2);
	const h = W / aspect;
	const x = all[chosen];
	useEffect(() => {
		const watch = new ResizeObserver(([e]) => setUnit(W / Math.max(1, e!.contentRect.width)));
		watch.observe(svg.current!);
		return () => watch.disconnect();
	}, []);
	const at = (e: PointerEvent): Point => {
		const r = svg.current!.getBoundingClientRect();
		const share = (v: number) => Math.min(1, Math.max(0, v));
		return [share((e.clientX - r.left) / r.width), share((e.clientY - r.top) / r.height)];
	};
	const move = (k: number, p: Point, begins: boolean) => set(x!.points.map((old, i) => i === k ? snap(p, all.filter((o) => o !== x)) : old), begins);
	const hold = (k: number) => (e: PointerEvent) => {
		e.stopPropagation();
		svg.current!.setPointerCapture(e.pointerId);
		held.current = k;
		move(k, x!.points[k]!, true);
	};
	const add = (k: number, p: Point) => set([...x!.points.slice(0, k + 1), p, ...x!.points.slice(k + 1)], true);
	const key = (k: number) => (e: KeyboardEvent) => {
		const way = ARROWS[e.key];
		const p = x!.points[k]!;
		if (way) set(x!.points.map((old, i) => i === k ? [0, 1].map((d) => {
			const v = old[d]! + way[d]! * (e.shiftKey ? STEP / 10 : STEP);
			return Math.min(1, Math.max(0, Math.round(v * 1000) / 1000));
		}) as Point : old), true);
		else if ((e.key === 'Delete' || e.key === 'Backspace') && x!.points.length > least(x!)) set(x!.points.filter((_, i) => i !== k), true);
		else if (e.key === '+' && x!.kind !== 'lines') {
			const next = x!.points[(k + 1) % x!.points.length]!;
			add(k, [(p[0] + next[0]) / 2, (p[1] + next[1]) / 2]);
		} else return;
		e.preventDefault();
		e.stopPropagation();
	};
	return (
		<svg class="cam-frame" ref={svg} viewBox={`0 0 ${W} ${h}`} role="group" aria-label={t('cam.frame')}
			onPointerMove={(e) => { if (held.current !== null) move(held.current, at(e), false); }}
			onPointerUp={() => { held.current = null; }} onPointerCancel={() => { held.current = null; }}>
			<rect class="cam-empty" width={W} height={h} />
			{still ? <image href={still} width={W} height={h} preserveAspectRatio="none" />
				: <text class="cam-none" x={W / 2} y={h / 2} font-size={14 * unit} text-anchor="middle">{t('cam.no_still')}</text>}
			{all.map((o, i) => <Shape key={`${o.kind}${i}`} x={o} h={h} unit={unit} on={i === chosen} choose={() => choose(i)} />)}
			<Boxes of={boxes} lit={lit} w={W} h={h} unit={unit} />
			{edits && x && <g class="cam-handles">
				{x.kind !== 'lines' && x.points.map((p, k) => {
					const q = x.points[(k + 1) % x.points.length]!;
					const mid: Point = [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
					return <circle key={`m${k}`} class="cam-mid" cx={mid[0] * W} cy={mid[1] * h} r={5 * unit}
						onPointerDown={(e) => { e.stopPropagation(); add(k, mid); svg.current!.setPointerCapture(e.pointerId); held.current = k + 1; }} />;
				})}
				{x.points.map((p, k) => (
					<g key={k} class="cam-point" tabindex={0} role="button" onPointerDown={hold(k)} onKeyDown={key(k)}
						aria-label={t('cam.point', { n: k + 1, x: Math.round(p[0] * 1000) / 10, y: Math.round(p[1] * 1000) / 10 })}>
						<circle class="cam-hit" cx={p[0] * W} cy={p[1] * h} r={18 * unit} />
						<circle cx={p[0] * W} cy={p[1] * h} r={7 * unit} />
					</g>
				))}
			</g>}
		</svg>
	);
}
