/* What of the record of processing is not as it should be, for the state page. */
import type { JSX } from 'preact';
import { named, t } from '../i18n';
import { Icon, LevelMark } from '../icons';
import { Section } from './parts';

export const runs = (s: string): boolean => s === 'ended' || s === 'runs' || s === 'ending';

export function Register({ of }: { of: { id: string; name: string; state: string; why: string; mend: string }[] }): JSX.Element | null {
	return of.length ? (
		<Section title={t('prc.not_well')}>
			<ul class="list">{of.map((x) => (
				<li key={x.id} class="run"><h3>{runs(x.state) ? <Icon name="clock" /> : <LevelMark level="high" />} {x.name} <span class="quiet">{named('prc', x.state)}</span></h3>
					<p>{x.why}</p><p class="quiet">{x.mend}</p></li>
			))}</ul>
		</Section>
	) : null;
}
