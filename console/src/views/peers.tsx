/* With whom a device talked in a day, by name where the hospital has one. */
import type { JSX } from 'preact';
import { moment } from '../format';
import { t } from '../i18n';
import { minute, useLive, useMinutely } from '../state';
import { amount, Thing, type FlowsPage, type At } from './incident/events';
import { Section } from './parts';

const SHOWN = 12;
interface Peer { ip: string; at: At | null; group: boolean; ports: Set<string>; bytes: number; back: number; first: string; last: string; asks: boolean; asked: boolean }

/* One line for each other end. */
function peersOf(page: FlowsPage): Peer[] {
	const own = new Set(page.addresses);
	const all = new Map<string, Peer>();
	for (const f of page.found.flows) {
		const out = own.has(f.src);
		const [ip, at] = out ? [f.dst, f.to] : [f.src, f.from];
		const p = all.get(ip) ?? { ip, at, group: out && f.group, ports: new Set(), bytes: 0, back: 0, first: f.first, last: f.last, asks: false, asked: false };
		p.ports.add([f.proto, f.port || ''].filter(Boolean).join(' '));
		p.bytes += out ? f.bytes : f.bytes_back;
		p.back += out ? f.bytes_back : f.bytes;
		if (f.first < p.first) p.first = f.first;
		if (f.last > p.last) p.last = f.last;
		p.asked ||= out;
		p.asks ||= !out;
		all.set(ip, p);
	}
	return [...all.values()].sort((a, b) => b.bytes + b.back - a.bytes - a.back);
}

export function usePeers(id: string): FlowsPage | undefined {
	const { data, reload } = useLive<FlowsPage>(`/assets/${encodeURIComponent(id)}/peers`, (c) => c.kind === 'detection');
	useMinutely(reload);
	return data;
}

export function Peers({ page }: { page: FlowsPage | undefined }): JSX.Element | null {
	if (!page?.addresses.length) return null;
	const all = peersOf(page);
	const line = (p: Peer): JSX.Element => (
		<li key={p.ip}>
			<span><Thing at={p.at} else={p.ip} />{!p.at && <span class="quiet"> {t(p.group ? 'pe.group' : 'pe.unknown')}</span>}
				<span class="quiet"> · {[[...p.ports].join(', '), t(p.asks && p.asked ? 'pe.both' : p.asks ? 'pe.asks' : 'pe.asked'),
					t('ex.both', { a: amount(p.bytes), b: amount(p.back) }), t('pe.since', { a: moment(p.first, minute.value), b: moment(p.last, minute.value) })].join(' · ')}</span></span>
		</li>
	);
	return (
		<Section title={t('pe.title')} class="peers">
			{!all.length && <p class="quiet">{t('pe.none')}</p>}
			<ul class="list">{all.slice(0, SHOWN).map(line)}</ul>
			{all.length > SHOWN && <details><summary>{t('pe.more', { n: all.length - SHOWN })}</summary><ul class="list">{all.slice(SHOWN).map(line)}</ul></details>}
			{page.found.over + page.found.cut > 0 && <p class="quiet">{t('ex.over', { n: page.found.over + page.found.cut })}</p>}
		</Section>
	);
}

/* Names of the addresses that it talked with. */
export function namesOf(page: FlowsPage | undefined): ReadonlyMap<string, At> {
	return new Map((page?.found.flows ?? []).flatMap((f): [string, At][] => [...(f.from ? [[f.src, f.from] as [string, At]] : []), ...(f.to ? [[f.dst, f.to] as [string, At]] : [])]));
}
