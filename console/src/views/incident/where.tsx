/* Where, and which way: the floors on which the incident has signs, each as a small plan with its steps
 * by number, and the same steps through the networks. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { clockSeconds } from '../../format';
import { colon, named, t } from '../../i18n';
import { Plan } from '../../plan';
import { may, plans, useLive } from '../../state';
import { Section } from '../parts';
import type { Incident, Trail, TrailStep } from '../types';
import './where.css';

function floorName(id: string): string {
	for (const b of plans.value?.buildings ?? [])
		for (const f of b.floors) if (f.id === id) return `${f.name}, ${b.name}`;
	return id;
}

const cut = (s: string, n: number): string => (s.length > n ? `${s.slice(0, n - 1)}…` : s);
const nameOf = (s: TrailStep): string => {
	const name = s.address ? `${s.name} ${s.address}` : s.name;
	return s.nodes.length > 1 ? t('wh.and_more', { name, n: s.nodes.length - 1 }) : name;
};

function Box({ s }: { s: TrailStep }): JSX.Element {
	const room = Math.floor((s.w - 34) / 6.9);
	return (
		<g class={`trail-step level-${s.level} ${s.address ? 'trail-unknown' : ''}`}>
			<title>{`${s.n}. ${nameOf(s)}${colon()}${s.title}`}</title>
			<rect x={s.x} y={s.y} width={s.w} height={s.h} rx="4" />
			<circle cx={s.x + 14} cy={s.y + 14} r="9" />
			<text class="trail-n" x={s.x + 14} y={s.y + 18}>{s.n}</text>
			<text class="trail-name" x={s.x + 28} y={s.y + 18}>{cut(nameOf(s), room)}</text>
			<text x={s.x + 8} y={s.y + 35}>{cut(s.title, room + 3)}</text>
			<text class="trail-when" x={s.x + 8} y={s.y + 51}>{clockSeconds(s.at)} · {named('level', s.level)}</text>
		</g>
	);
}

/* From a step to the next: to the right, then up or down to its lane. */
function Move({ a, b }: { a: TrailStep; b: TrailStep }): JSX.Element {
	const y = a.y + a.h / 2, x = a.x + a.w, middle = x + (b.x - x) / 2;
	return <path class="trail-move" marker-end="url(#trail-arrow)" d={`M${x} ${y}H${middle}V${b.y + b.h / 2}H${b.x - 2}`} />;
}

function Way({ of: g }: { of: Trail }): JSX.Element {
	return (
		<div class="graph trail" tabIndex={0} role="group" aria-label={t('wh.way')}>
			<svg viewBox={`0 -1 ${g.width} ${g.height + 2}`} width={g.width} height={g.height + 2} role="img" aria-label={t('wh.way_text')}>
				<defs>
					<marker id="trail-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
						<path class="trail-head" d="M0 0 8 4 0 8z" />
					</marker>
				</defs>
				{g.lanes.map((l, i) => (
					<g key={l.network} class={`trail-lane ${i % 2 ? 'odd' : ''}`}>
						<rect x="0" y={l.y} width={g.width} height={l.h} rx="4" />
						<text x="10" y={l.y + 18}>{l.network ? l.name : t('wh.places')}{l.others > 0 && <tspan class="trail-when"> · {t('wh.others', { n: l.others })}</tspan>}</text>
					</g>
				))}
				{g.steps.slice(1).map((s, i) => <Move key={s.n} a={g.steps[i]!} b={s} />)}
				{g.steps.map((s) => <Box key={s.n} s={s} />)}
			</svg>
		</div>
	);
}

/* The same in words: for who reads rather than looks, and on paper. */
function Words({ of: g }: { of: Trail }): JSX.Element {
	return (
		<details class="why-words">
			<summary>{t('inc.in_words')}</summary>
			<ol>
				{g.steps.map((s) => (
					<li key={s.n}>{clockSeconds(s.at)} <strong>{nameOf(s)}</strong>{g.lanes[s.lane]?.name ? ` (${g.lanes[s.lane]!.name})` : ''}: {s.title}, {named('level', s.level)}</li>
				))}
			</ol>
		</details>
	);
}

export function useTrail(id: string): Trail | null {
	const { data } = useLive<Trail>(`/incidents/${encodeURIComponent(id)}/trail`, (c) => c.incidents.includes(id));
	return data && data.steps.length > 1 ? data : null;
}

export function TheWay({ trail }: { trail: Trail | null }): JSX.Element | null {
	return trail && (
		<Section title={t('wh.way')}>
			<Way of={trail} />
			<Words of={trail} />
			{trail.left_out > 0 && <p class="quiet">{t('wh.left_out', { n: trail.left_out })}</p>}
		</Section>
	);
}

export function Where({ incident, trail }: { incident: Incident; trail: Trail | null }): JSX.Element | null {
	const floors = incident.line.floors;
	const [chosen, choose] = useState<string | null>(null);
	const floor = chosen && floors.includes(chosen) ? chosen : floors[0];
	if (!floor || !may('see.plans')) return null;
	return (
		<Section title={t('inc.where')} class="where-part">
			{floors.length > 1 && (
				<div class="chips" role="group" aria-label={t('plan.floors')}>
					{floors.map((f) => (
						<button type="button" class="button" key={f} aria-pressed={f === floor} onClick={() => choose(f)}>{floorName(f)}</button>
					))}
				</div>
			)}
			<Plan floor={floor} lines={[incident.line]} chosen={incident.line} trail={trail?.steps} />
		</Section>
	);
}
