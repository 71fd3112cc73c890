/* The clocks of the law of an incident, in short: what they ask stands on a page of their own. */
import type { JSX } from 'preact';
import { moment } from '../../format';
import { t } from '../../i18n';
import { may, minute, useLive } from '../../state';
import { Due, type Clock, type Said } from '../law';
import { Section } from '../parts';

export function Duties({ id }: { id: string }): JSX.Element | null {
	return may('answer.law') ? <Open id={id} /> : null;
}

function Open({ id }: { id: string }): JSX.Element | null {
	const { data: l } = useLive<{ aware: Said | null; clocks: Clock[] }>(`/incidents/${encodeURIComponent(id)}/law`, (c) => c.incidents.includes(id));
	if (!l) return null;
	const open = l.clocks.filter((c) => ['late', 'changed', 'runs', 'waits'].includes(c.state));
	const asks = l.clocks.filter((c) => c.state === 'asks').length;
	return (
		<Section title={t('pv.clocks')} class="duties" aside={<a class="button" href={`/law/${id}`}>{t('law.answer')}</a>}>
			<p class="quiet">{l.aware ? t('pv.known', { at: moment(l.aware.time, minute.value) }) : t('pv.not_known')}</p>
			<ul class="list">{open.map((c) => <li key={c.id}>{c.name} → {c.to} <Due c={c} /></li>)}</ul>
			{asks > 0 && <p class="quiet">{t('law.asks', { n: asks })}</p>}
		</Section>
	);
}
