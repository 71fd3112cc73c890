/* Suspicious files that are kept, or were: what was found in them, whence, until when. Each is got with a reason, in a ZIP. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { LevelMark } from '../icons';
import { ProblemNote } from '../problem';
import { may, useLive } from '../state';
import { Pictures, type Item } from './incident/evidence';
import './views.css';

interface Found {
	verdict: 'malicious' | 'suspicious'; says: string; source: string | null; path: string | null; sha256: string | null; size: string | null; kind: string | null;
	antivirus: string | null; service: string | null; from: string | null; to: string | null; by: string | null; reasons: string[];
}
interface KeptFile extends Item { incident: string | null; found: (Found & { name: string | null }) | null }

const LEVEL = { malicious: 'critical', suspicious: 'high' } as const;

function What({ found: f, incident }: KeptFile): JSX.Element {
	const all = (...of: (string | null | false)[]): string => of.filter(Boolean).join(' · ');
	return (
		<>
			{f ? <>
				<p><LevelMark level={LEVEL[f.verdict]} /> <strong>{f.says}</strong> <span class="quiet">{all(f.kind, f.size && `${f.size} B`, f.antivirus)}</span></p>
				<p>{all(f.by && t('kp.by', { who: f.by }), f.from && `${f.from} → ${f.to ?? ''}`, f.service, f.path, f.source)}</p>
				<p class="quiet">SHA-256 {f.sha256}</p>
				<ul>{f.reasons.map((r, i) => <li key={i}>{r}</li>)}</ul>
			</> : <p class="quiet">{t('kp.gone')}</p>}
			{incident && may('see.incidents') && <p><a href={`/incidents/${incident}`}>{t('view.incident')}</a></p>}
		</>
	);
}

export function KeptView(): JSX.Element {
	const [skip, setSkip] = useState(0);
	const { data: d, problem } = useLive<{ items: KeptFile[]; next: number | null; older: boolean }>(`/evidence/files?skip=${skip}`, (c) => c.kind === 'clip' || c.kind === 'detection');
	return (
		<div class="view evidence">
			<header class="view-head"><h1>{t('view.kept')}</h1></header>
			<p class="quiet">{t('kp.what')}</p>
			<ProblemNote problem={problem} />
			{d && !d.items.length && <p>{t('kp.none')}</p>}
			{d && <Pictures items={d.items} incident="" more={(x) => <What {...x as KeptFile} />} />}
			{d?.older && d.next === null && <p class="quiet">{t('kp.older')}</p>}
			{d && (skip > 0 || d.next !== null) && <p class="buttons no-print">
				{skip > 0 && <button type="button" class="button" onClick={() => setSkip(0)}>{t('ex.first')}</button>}
				{d.next !== null && <button type="button" class="button" onClick={() => setSkip(d.next!)}>{t('ex.next')}</button>}
			</p>}
		</div>
	);
}
