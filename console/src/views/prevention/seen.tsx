/* What the sensors saw: of one device, and of hosts that are in no directory yet. */
import type { JSX } from 'preact';
import { moment } from '../../format';
import { t } from '../../i18n';
import { minute, useLive } from '../../state';
import { Section } from '../parts';
import type { Candidates, Host, SeenPage } from './types';
import '../prevention.css';

const at = (x: string): string => moment(x, minute.value);

function Sheet({ of: h }: { of: Host }): JSX.Element {
	return (
		<>
			<p class="quiet">{at(h.first)} – {at(h.last)}</p>
			<dl class="facts">{h.rows.map((r, i) => <div key={i}><dt>{r.label}</dt><dd>{r.value} <small>{r.by}</small></dd></div>)}</dl>
			{h.odd.map((o) => <p key={o} class="warned">{o}</p>)}
		</>
	);
}

export function Seen({ id }: { id: string }): JSX.Element | null {
	const seen = useLive<SeenPage>(`/assets/${encodeURIComponent(id)}/seen`, () => false).data?.seen;
	return seen ? <Section title={t('seen.title')}><Sheet of={seen} /></Section> : null;
}

export function NewHosts(): JSX.Element | null {
	const { data } = useLive<Candidates>('/candidates', () => false);
	return data?.total ? (
		<details class="part">
			<summary>{t('seen.new', { n: data.total })}</summary>
			<p class="quiet">{data.how} <code>{data.columns}</code></p>
			<ul class="list hosts">
				{data.items.map((h) => (
					<li key={h.key}>
						<details>
							<summary><b>{h.name || h.what || h.key}</b> <span class="quiet">{h.addresses.join(', ')}</span></summary>
							<Sheet of={h} />
							<code class="one-line">{h.line}</code>
						</details>
					</li>
				))}
			</ul>
		</details>
	) : null;
}
