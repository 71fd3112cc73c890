/* What the sensors saw: of one device, and of hosts that are in no directory yet. */
import type { JSX } from 'preact';
import { moment } from '../../format';
import { named, t } from '../../i18n';
import { minute, useLive } from '../../state';
import { Section } from '../parts';
import type { Candidates, Host, SeenPage } from './types';
import '../prevention.css';

const at = (x: string): string => moment(x, minute.value);

function Facts({ of: h }: { of: Host }): JSX.Element {
	const rows: [string, string, string?][] = [
		...h.facts.map((f): [string, string, string] => [named('attr', f.attribute), f.value, `${f.confidence}/100, ${f.by.join(', ')}`]),
		...(h.gives.length ? [[t('seen.gives'), h.gives.join(', ')] as [string, string]] : []),
		...(h.uses.length ? [[t('seen.uses'), h.uses.join(', ')] as [string, string]] : []),
	];
	return (
		<>
			<p class="quiet">{t('seen.when', { a: at(h.first), b: at(h.last), n: h.peers })}</p>
			<dl class="facts">
				{rows.map(([k, v, by], i) => <div key={i}><dt>{k}</dt><dd>{v} {by && <small>{by}</small>}</dd></div>)}
			</dl>
		</>
	);
}

export function Seen({ id }: { id: string }): JSX.Element | null {
	const { data } = useLive<SeenPage>(`/assets/${encodeURIComponent(id)}/seen`, () => false);
	return data ? (
		<Section title={t('seen.title')}>
			{data.seen ? <Facts of={data.seen} /> : <p class="quiet">{t('seen.never')}</p>}
			{data.seen && data.seen.odd.length > 0 && <p class="warned">{data.seen.odd.map((o) => named('odd', o)).join(', ')}</p>}
		</Section>
	) : null;
}

export function NewHosts(): JSX.Element | null {
	const { data } = useLive<Candidates>('/candidates', () => false);
	return data?.total ? (
		<details class="part">
			<summary>{t('seen.new', { n: data.total })}</summary>
			<p class="quiet">{t('seen.take')} <code>{data.columns}</code></p>
			<ul class="list hosts">
				{data.items.map((h) => (
					<li key={h.key}>
						<details>
							<summary><b>{h.name || h.what || h.key}</b> <span class="quiet">{[h.what, ...h.addresses].filter(Boolean).join(', ')}</span></summary>
							<Facts of={h} />
							<code class="one-line">{h.line}</code>
						</details>
					</li>
				))}
			</ul>
		</details>
	) : null;
}
