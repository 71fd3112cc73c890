/* One way as a drawing: four lanes, from the street to care, and what is passed in the order of the
 * steps. Decoration beside the steps, which say the same in words. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { PathNode, Plan } from './types';

const LANES = ['place', 'network', 'asset', 'service'] as const;
const LEFT = 112, STEP = 104, ROW = 64, LETTERS = 15;

const laneOf = (n: PathNode): number => Math.max(0, LANES.indexOf(n.kind as (typeof LANES)[number]));

/* A name in two rows of letters. */
function rows(name: string): string[] {
	const out: string[] = [];
	for (const w of name.split(' ')) {
		const last = out.at(-1);
		if (last !== undefined && last.length + w.length < LETTERS) out[out.length - 1] = `${last} ${w}`;
		else out.push(w);
	}
	return out.length > 2 ? [out[0]!, `${out[1]!.slice(0, LETTERS - 1)}…`] : out;
}

interface Stop { node: PathNode; x: number; y: number; sure: boolean; seen: boolean }

function stopsOf(plan: Plan): Stop[] {
	const out: Stop[] = [];
	for (const s of plan.steps) {
		const last = out.at(-1);
		if (last?.node.id === s.to.id) { /* something more is done there */
			last.sure &&= s.lo === 1;
			last.seen ||= !!s.seen;
			continue;
		}
		out.push({ node: s.to, x: LEFT + 60 + out.length * STEP, y: 34 + laneOf(s.to) * ROW, sure: s.lo === 1, seen: !!s.seen });
	}
	return out;
}

export function Way({ plan, n }: { plan: Plan; n: number }): JSX.Element {
	const stops = stopsOf(plan);
	const width = LEFT + 12 + stops.length * STEP, height = LANES.length * ROW;
	return (
		<div class="graph way-box" tabIndex={0} role="group" aria-label={t('prev.map', { n })}>
			<svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
				{LANES.map((l, i) => (
					<rect key={l} class="lane" y={i * ROW} width={width} height={ROW} />
				))}
				{LANES.map((l, i) => <text key={l} class="lane-name" x="8" y={i * ROW + ROW / 2 + 4}>{t(`prev.lane.${l}`)}</text>)}
				<polyline class="way" points={stops.map((s) => `${s.x},${s.y - 12}`).join(' ')} />
				{stops.map((s, i) => (
					<g key={i} class="stop">
						<circle class={s.sure ? '' : 'risky'} cx={s.x} cy={s.y - 12} r={s.sure ? 5 : 8} />
						{s.seen && <path class="eye" d={`M${s.x + 11} ${s.y - 16}q6 -6 12 0q-6 6 -12 0z`} />}
						{rows(s.node.name).map((r, k) => <text key={k} x={s.x} y={s.y + 8 + k * 12} text-anchor="middle">{r}</text>)}
					</g>
				))}
			</svg>
		</div>
	);
}
