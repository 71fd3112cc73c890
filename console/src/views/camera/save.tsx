/* What was drawn becomes a proposal to change the hospital's files. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { get, Problem } from '../../api';
import { propose, Proposal, type Proposed } from '../../config';
import { t } from '../../i18n';
import { ProblemNote } from '../../problem';
import { name, rewrite, type CameraPage, type Item } from './plan';

const read = async (path: string): Promise<string> =>
	(await get<{ text: string }>(`/config/files/${path.split('/').map(encodeURIComponent).join('/')}`)).text;

async function offer(page: CameraPage, before: readonly Item[], after: readonly Item[], why: string): Promise<Proposed> {
	const path = page.file || `cameras/${page.asset}.yml`;
	const files = [{ path, text: rewrite(page.file ? await read(path) : '', before, after) }];
	if (!page.file) {
		const sources = name(await read('sources.yml'), page.source.id, path);
		if (sources === null) throw new Problem(409, t('cam.no_source', { file: path }), '');
		files.push({ path: 'sources.yml', text: sources });
	}
	return propose(why, files);
}

interface SaveProps { page: CameraPage; before: readonly Item[]; after: readonly Item[]; taken: () => void }

export function Save({ page, before, after, taken }: SaveProps): JSX.Element | null {
	const now = JSON.stringify(after);
	const [why, setWhy] = useState('');
	const [busy, setBusy] = useState(false);
	const [is, set] = useState<{ of: string; p: Proposed | null; wrong: Problem | null } | null>(null);
	const mine = is?.of === now ? is : null; /* what was drawn since is not checked */
	if (now === JSON.stringify(before)) return null;
	const check = async (e: Event) => {
		e.preventDefault();
		setBusy(true);
		try {
			set({ of: now, p: await offer(page, before, after, why), wrong: null });
		} catch (err) {
			if (!(err instanceof Problem)) throw err;
			set({ of: now, p: null, wrong: err });
		}
		setBusy(false);
	};
	return <>
		<form class="cam-ask" onSubmit={check}>
			<label>{t('cf.why')} <input required maxLength={400} value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
			<button class="button primary" disabled={busy}>{t('cf.check')}</button>
			<ProblemNote problem={mine?.wrong ?? null} acting />
		</form>
		{mine?.p && <Proposal key={mine.p.id} proposed={mine.p} done={(took) => { set(null); if (took) taken(); }} />}
	</>;
}
