/* How much risk a device is, why, and what would lower it. Nothing where it is no such device. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { useLive } from '../../state';
import { Section } from '../parts';
import { Chance } from './chance';
import type { DeviceRisk } from './types';

export function Risk({ id }: { id: string }): JSX.Element | null {
	const r = useLive<{ risk: DeviceRisk | null }>(`/assets/${encodeURIComponent(id)}/risk`, () => false).data?.risk;
	return r ? (
		<Section title={`${t('risk.title')} ${r.text} / 100`} class="risk">
			<Chance lo={r.risk[0]} hi={r.risk[1]} />
			{r.factors.map((f) => (
				<details key={f.factor}>
					<summary>{f.text}</summary>
					<ul class="chains">{f.reasons.map((x, i) => <li key={i}>{x.text}</li>)}</ul>
				</details>
			))}
			{r.treatments.length > 0 && (
				<>
					<h3>{t('risk.lower')}</h3>
					<ul class="chains">{r.treatments.map((x, i) => <li key={i}>{x.text}</li>)}</ul>
				</>
			)}
		</Section>
	) : null;
}
