/* A file that somebody does not trust: the server looks at it where it can do no harm, and keeps it only where the hospital says so. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Problem, send } from '../api';
import { colon, t } from '../i18n';
import { Icon, LevelMark } from '../icons';
import { may, useLive } from '../state';
import type { Level } from '../types';
import { Section } from './parts';

interface Reason { weight: number; text: string; place?: string }
interface Found { verdict: string; says: string; kind: string; sha256: string; reasons: Reason[] }
interface Looked { name: string; found?: Found; why?: string }

const LEVEL: Record<string, Level> = { malicious: 'critical', suspicious: 'high', notice: 'low' };

/* Its pieces, one after the other; then what became of it is asked until it is known. */
async function look(f: File, piece: number): Promise<Found> {
	const id = crypto.randomUUID();
	for (let off = 0; ; off = Math.min(off + piece, f.size)) {
		const at = `/files/${id}?name=${encodeURIComponent(f.name)}&size=${f.size}&off=${off}`;
		const { answer } = await send<{ answer: Found | null }>('POST', at, off < f.size ? f.slice(off, off + piece) : undefined);
		if (answer) return answer;
	}
}

export function FilePart(): JSX.Element | null {
	const limits = useLive<{ file_bytes: number; piece_bytes: number; kept: boolean }>('/files', () => false).data;
	const [is, set] = useState<Looked | null>(null);
	if (!limits?.file_bytes) return null;
	const busy = is && !is.found && !is.why, found = is?.found;
	const take = (f: File | undefined) => {
		if (!f || busy) return;
		const name = f.name, most = limits.file_bytes;
		set({ name });
		if (!f.size || f.size > most) set({ name, why: t('fi.size', { n: most >> 20 }) });
		else look(f, limits.piece_bytes).then((found) => set({ name, found }),
			(e: unknown) => set({ name, why: e instanceof Problem ? e.detail || e.title || t('fi.lost') : String(e) }));
	};
	return (
		<Section title={t('fi.title')} class="file-part">
			<label class="field" onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); take(e.dataTransfer?.files[0]); }}>
				<span>{t('fi.choose')}</span>
				<input type="file" disabled={!!busy} onChange={(e) => { take(e.currentTarget.files?.[0]); e.currentTarget.value = ''; }} />
				<small class="quiet">{t(limits.kept ? 'fi.kept' : 'fi.says')}</small>
			</label>
			<div aria-live="polite">
				{busy && <p class="quiet" aria-busy="true">{t('fi.looks', { name: is.name })}</p>}
				{is?.why && <p class="problem">{is.name}{colon()}{is.why}</p>}
				{is && found && <>
					<p>{LEVEL[found.verdict] ? <LevelMark level={LEVEL[found.verdict]!} /> : <Icon name="check" />} <strong>{is.name}{colon()}{found.says}</strong> <span class="quiet">{found.kind}</span></p>
					<p>{t(LEVEL[found.verdict] ? 'fi.bad' : 'fi.clean')}</p>
					<ul>{found.reasons.map((r) => <li>{r.text}{r.place && <span class="quiet"> ({r.place})</span>}</li>)}</ul>
				</>}
			</div>
			{limits.kept && may('see.evidence') && <p><a href="/kept">{t('view.kept')}</a></p>}
		</Section>
	);
}
