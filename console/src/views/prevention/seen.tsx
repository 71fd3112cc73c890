/* What the sensors saw of one host. */
import type { JSX } from 'preact';
import { moment } from '../../format';
import { t } from '../../i18n';
import { minute, useLive } from '../../state';
import { Section } from '../parts';
import type { Host, SeenPage } from './types';
import '../prevention.css';

const at = (x: string): string => moment(x, minute.value);

export function Sheet({ of: h }: { of: Host }): JSX.Element {
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
