/* What people saw and called for: the line of one, with its photos and the incident that came of it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { moment } from '../format';
import { colon, named, t } from '../i18n';
import { ownPhotos } from '../outbox';
import { may, minute, useLive } from '../state';
import type { Named } from '../types';
import { Pictures, type Item } from './incident/evidence';

export interface Report {
	id: string; at: string; what: 'report' | 'panic'; kind: string | null; on: Named | null; where: string; text: string;
	role_name: string; own: boolean; incident: string | null; is_sign: boolean; photos: Item[];
}

export const useReports = (wanted: boolean): readonly Report[] =>
	useLive<{ items: Report[] }>(wanted ? '/reports' : null, (c) => ['decision', 'clip', 'incident'].includes(c.kind)).data?.items ?? [];

/* As it was taken; the page has it from here, not from the server. */
function OwnPhoto({ of }: { of: Blob }): JSX.Element {
	const [url, set] = useState('');
	useEffect(() => {
		const u = URL.createObjectURL(of);
		set(u);
		return () => URL.revokeObjectURL(u);
	}, [of]);
	return (
		<details class="own-photo">
			<summary>{t('rp.own')}</summary>
			{url && <img src={url} alt={t('rp.own')} />}
			<p class="quiet">{t('rp.own_says')}</p>
		</details>
	);
}

/* Who may look at photos sees them; others, that there is one, and their own. */
export function ReportLine({ r }: { r: Report }): JSX.Element {
	const kept = r.photos.filter((p) => p.state === 'kept').length, own = r.photos.map((p) => ownPhotos.value.get(p.id)).find(Boolean);
	return (
		<li class="reported">
			<p>
				<time dateTime={r.at}>{moment(r.at, minute.value)}</time> <b>{r.what === 'panic' ? t('rep.panic') : named('seen', r.kind ?? 'other')}</b>{' '}
				{[r.on?.name, r.text && `“${r.text}”`].filter(Boolean).join(colon())} <span class="quiet">{r.own ? t('rp.you') : r.role_name}</span>{' '}
				{r.incident && may('see.incidents') && <a href={`/incidents/${r.incident}`}>{t('rp.incident')}</a>}
				{kept > 0 && !may('see.evidence') && <span class="quiet"> {t('rp.photos', { n: kept })}</span>}
			</p>
			{own && <OwnPhoto of={own} />}
			{may('see.evidence') && r.photos.length > 0 && <Pictures items={r.photos} incident={r.incident ?? ''} />}
		</li>
	);
}
