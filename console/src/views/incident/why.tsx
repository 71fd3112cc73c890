/* Why: the chain of causes from what was seen to the care that may be lost. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { clock } from '../../format';
import { colon, named, t } from '../../i18n';
import { useLive } from '../../state';
import { Section } from '../parts';
import type { Graph, GraphEdge, GraphNode, Incident } from '../types';

const SHOWN = 120; /* nodes; of larger graphs what leads to care is shown first */
const cut = (s: string, n: number): string => (s.length > n ? `${s.slice(0, n - 1)}…` : s);

const GAP = 16;

/* Nodes without gaps between them, layer by layer, joined by straight lines. */
function packed(nodes: GraphNode[], edges: GraphEdge[]): Graph {
	const layers = [...new Set(nodes.map((n) => n.x))].sort((a, b) => a - b);
	const at = new Map<string, GraphNode>();
	let x = 0, height = 0;
	for (const layer of layers) {
		const here = nodes.filter((n) => n.x === layer).sort((a, b) => a.y - b.y);
		let y = 0;
		for (const n of here) {
			at.set(n.id, { ...n, x, y });
			y += n.h + GAP;
		}
		height = Math.max(height, y - GAP);
		x += Math.max(...here.map((n) => n.w)) + 4 * GAP;
	}
	const joined = edges.map((e): GraphEdge => {
		const a = at.get(e.from)!, b = at.get(e.to)!;
		return { ...e, points: [[a.x + a.w, a.y + a.h / 2], [b.x, b.y + b.h / 2]] };
	});
	return { width: Math.max(0, x - 4 * GAP), height, nodes: [...at.values()], edges: joined };
}

/* The part of a large graph that leads to a care service. */
function leading(g: Graph): Graph {
	const from = new Map<string, string[]>();
	for (const e of g.edges) (from.get(e.to) ?? from.set(e.to, []).get(e.to)!).push(e.from);
	const kept = new Set(g.nodes.filter((n) => n.service && n.likely !== 'unlikely' && n.likely !== 'open').map((n) => n.id));
	for (const id of kept) for (const up of from.get(id) ?? []) kept.add(up);
	return packed(g.nodes.filter((n) => kept.has(n.id)), g.edges.filter((e) => kept.has(e.from) && kept.has(e.to)));
}

function Node({ n, on, pick }: { n: GraphNode; on: boolean; pick: (id: string | null) => void }): JSX.Element {
	const room = Math.floor((n.w - 16) / 6.6);
	return (
		<g class={`node ${n.service ? 'node-care' : ''} node-${n.likely} ${on ? 'node-on' : ''}`}
			onMouseEnter={() => pick(n.id)} onMouseLeave={() => pick(null)}>
			<title>{`${n.name}${colon()}${n.threat_name}`}</title>
			<rect x={n.x} y={n.y} width={n.w} height={n.h} rx="4" />
			<text class="node-name" x={n.x + 8} y={n.y + n.h / 2 - 8}>{cut(n.name, room)}</text>
			<text x={n.x + 8} y={n.y + n.h / 2 + 6}>{cut(n.threat_name, room)}</text>
			<text class="node-when" x={n.x + 8} y={n.y + n.h / 2 + 20}>
				{cut([n.expected ? clock(n.expected) : '', named('likely', n.likely)].filter(Boolean).join(' · '), room)}
			</text>
		</g>
	);
}

function Picture({ g }: { g: Graph }): JSX.Element {
	const [picked, pick] = useState<string | null>(null);
	const touched = (e: GraphEdge) => picked !== null && (e.from === picked || e.to === picked);
	const near = new Set(g.edges.filter(touched).flatMap((e) => [e.from, e.to]));
	return (
		<div class="graph" tabIndex={0} role="group" aria-label={t('inc.graph')}>
			<svg viewBox={`-4 -4 ${g.width + 8} ${g.height + 8}`} width={g.width + 8} height={g.height + 8} role="img" aria-label={t('inc.graph_text')}>
				<defs>
					<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
						<path class="edge-head" d="M0 0 8 4 0 8z" />
					</marker>
				</defs>
				{g.edges.map((e) => (
					<polyline key={`${e.from} ${e.to}`} class={`edge ${touched(e) ? 'edge-on' : ''}`} marker-end="url(#arrow)"
						points={e.points.map((p) => p.join(',')).join(' ')}>
						<title>{e.why}</title>
					</polyline>
				))}
				{g.nodes.map((n) => <Node key={n.id} n={n} on={near.has(n.id)} pick={pick} />)}
			</svg>
		</div>
	);
}

/* The same in words: for who reads rather than looks, and on paper. */
function Sentences({ g }: { g: Graph }): JSX.Element {
	const node = new Map(g.nodes.map((n) => [n.id, n]));
	return (
		<details class="why-words">
			<summary>{t('inc.in_words')}</summary>
			<ol>
				{g.edges.map((e) => {
					const a = node.get(e.from), b = node.get(e.to);
					return a && b && (
						<li key={`${e.from} ${e.to}`}>
							{a.name} ({a.threat_name}) → <strong>{b.name}</strong> ({b.threat_name}): {e.why}
						</li>
					);
				})}
			</ol>
		</details>
	);
}

export function Why({ incident }: { incident: Incident }): JSX.Element {
	const { data } = useLive<Graph>(`/incidents/${incident.incident}/graph`,
		(c) => c.kind === 'impact' && c.incidents.includes(incident.incident));
	const [all, setAll] = useState(false);
	const large = (data?.nodes.length ?? 0) > SHOWN;
	const g = useMemo(() => (data && large && !all ? leading(data) : data), [data, large, all]);
	const chains = incident.care.filter((c) => c.because.length > 0);
	return (
		<Section title={t('inc.why')} class="why">
			{chains.length > 0 && (
				<ul class="chains">
					{chains.map((c) => (
						<li key={c.id}>
							{c.because.filter((s, i, a) => s !== a[i - 1]).map((s, i, a) => (
								<span key={i}>{i > 0 && <span aria-hidden="true"> → </span>}{i === a.length - 1 ? <strong>{s}</strong> : s}</span>
							))}
							{c.threat && <span class="quiet">{colon()}{c.threat}</span>}
						</li>
					))}
				</ul>
			)}
			{g && g.nodes.length > 0 && <><Picture g={g} /><Sentences g={g} /></>}
			{large && <button type="button" class="button" onClick={() => setAll(!all)}>{all ? t('inc.graph_less') : t('inc.graph_all', { n: data!.nodes.length })}</button>}
			{chains.length === 0 && (!g || g.nodes.length === 0) && <p class="quiet">{t('inc.no_why')}</p>}
		</Section>
	);
}
