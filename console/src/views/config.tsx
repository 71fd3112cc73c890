/* The hospital's configuration: its versions, what changed from one to the next, back to one, and its files to be edited. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem } from '../api';
import { accepting, Diff, dropProposal, propose, Proposal, type Change, type FileDiff, type Proposed } from '../config';
import { moment } from '../format';
import { t } from '../i18n';
import { ProblemNote } from '../problem';
import { ask, query } from '../router';
import { may, minute, useLive } from '../state';
import type { Named } from '../types';
import { Failed, Section } from './parts';
import { Bring } from './setup/bring';
import './views.css';
import './setup.css';

interface Version { version: number; taken: string; by: string; why: string; added: number; changed: number; removed: number }
interface State extends Version { changed_on_disk: boolean; left_out: number; files: { path: string; bytes: number }[] }
interface Tell { offer: (why: string, change: Change) => Promise<void>; busy: boolean }

const counts = (v: Version): string => [v.added && `+${v.added}`, v.changed && `~${v.changed}`, v.removed && `−${v.removed}`].filter(Boolean).join(' ');
const byOf = (v: Version, people: readonly Named[] | undefined): string =>
	v.by === 'by hand' ? t('cf.by_hand') : people?.find((p) => p.id === v.by)?.name ?? v.by;
const whyOf = (v: Version): string => v.by !== 'by hand' ? v.why : t(v.version === 1 ? 'cf.first' : 'cf.on_machine');

/* Asks for the reason before something is proposed. */
function Why({ go, tell, says }: { go: (why: string) => void; tell: Tell; says: string }): JSX.Element {
	const [why, set] = useState('');
	return (
		<form class="buttons" onSubmit={(e) => { e.preventDefault(); go(why.trim()); }}>
			<label class="field"><span>{t('cf.why')}</span><input required maxLength={400} value={why} onInput={(e) => set(e.currentTarget.value)} /></label>
			<button class="button" disabled={tell.busy || !why.trim()}>{says}</button>
		</form>
	);
}

function Editor({ path, tell, fresh }: { path: string; tell: Tell; fresh: boolean }): JSX.Element {
	const [text, set] = useState<string | null>(fresh ? '' : null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		if (fresh) return;
		get<{ text: string }>(`/config/files/${path.split('/').map(encodeURIComponent).join('/')}`)
			.then((f) => set(f.text), (e) => { if (e instanceof Problem) setProblem(e); });
	}, [path]);
	return (
		<Section title={path} aside={<button type="button" class="button" onClick={() => ask({ file: null })}>{t('cf.close')}</button>}>
			<ProblemNote problem={problem} />
			{text !== null && <>
				<textarea aria-label={path} spellcheck={false} value={text} onInput={(e) => set(e.currentTarget.value)} />
				<Why tell={tell} says={t('cf.check')} go={(why) => void tell.offer(why, [{ path, text }])} />
				{!fresh && <details><summary>{t('cf.remove')}</summary>
					<Why tell={tell} says={t('cf.check')} go={(why) => void tell.offer(why, [{ path, text: null }])} />
				</details>}
			</>}
		</Section>
	);
}

function Files({ state }: { state: State }): JSX.Element {
	return (
		<Section title={t('cf.files')}>
			<ul class="lines">
				{state.files.map((f) => <li key={f.path}><a href={`/config?file=${encodeURIComponent(f.path)}`}><code>{f.path}</code></a></li>)}
			</ul>
			{state.left_out > 0 && <p class="quiet">{t('cf.left_out', { n: state.left_out })}</p>}
			<form class="buttons" onSubmit={(e) => {
				e.preventDefault();
				ask({ file: new FormData(e.currentTarget).get('path') as string });
			}}>
				<label class="field"><span>{t('cf.new')}</span><input name="path" required pattern="[A-Za-z0-9_][A-Za-z0-9_./\-]*\.(yml|csv|md|json|xml|svg)" placeholder="rules/night.yml" /></label>
				<button class="button">{t('cf.open')}</button>
			</form>
		</Section>
	);
}

function Change1({ version, tell, current }: { version: number; tell: Tell; current: number }): JSX.Element {
	const diff = useLive<{ files: FileDiff[] }>(version > 1 ? `/config/diff?from=${version - 1}&to=${version}` : null, () => false);
	return (
		<Section title={t('cf.version_n', { n: version })} aside={<button type="button" class="button" onClick={() => ask({ version: null })}>{t('cf.close')}</button>}>
			{version === 1 ? <p>{t('cf.first')}</p> : diff.problem ? <Failed problem={diff.problem} retry={diff.reload} />
				: diff.data ? <Diff files={diff.data.files} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>}
			{version !== current && <Why tell={tell} says={t('cf.back')} go={(why) => void tell.offer(why, { back: version })} />}
		</Section>
	);
}

export function ConfigView(): JSX.Element {
	const state = useLive<State>('/config', () => false);
	const versions = useLive<{ items: Version[] }>('/config/versions', () => false);
	const people = useLive<{ items: Named[] }>(may('administer') ? '/people' : null, () => false).data?.items;
	const [proposed, set] = useState<Proposed | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const [offered, keep] = useState<{ why: string; change: Change } | null>(null);
	const reload = () => { state.reload(); versions.reload(); };
	const offer = async (why: string, change: Change) => {
		setBusy(true);
		setProblem(null);
		if (proposed) void dropProposal(proposed);
		try {
			set(await propose(why, change, state.data!.version));
			keep({ why, change });
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setProblem(e);
			if (e.status === 409) reload();
		}
		setBusy(false);
	};
	const tell = { offer, busy };
	const file = query.value.get('file');
	const version = Number(query.value.get('version'));
	const s = state.data;
	if (state.problem && !s) return <div class="page"><h1>{t('view.config')}</h1><Failed problem={state.problem} retry={reload} /></div>;
	if (!s) return <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	return (
		<div class="page config">
			<h1>{t('view.config')}</h1>
			<p>{t('cf.now', { n: s.version, at: moment(s.taken, minute.value), who: byOf(s, people) })}</p>
			{s.changed_on_disk && <p class="warned" role="status">{t('cf.changed_on_disk')}</p>}
			<ProblemNote problem={problem} acting />
			{proposed && <Proposal key={proposed.id} proposed={proposed} again={(accept) => { if (offered) void offer(offered.why, accepting(offered.change, accept)); }} done={(taken) => {
				set(null);
				if (!taken) return;
				ask({ file: null, version: null, import: null });
				reload();
			}} />}
			{query.value.has('import') && !proposed && <Section title={t('im.file')} aside={<button type="button" class="button" onClick={() => ask({ import: null })}>{t('cf.close')}</button>}>
				<Bring take={(why, change) => void offer(why, change)} />
			</Section>}
			{file && <Editor key={file} path={file} tell={tell} fresh={!s.files.some((f) => f.path === file)} />}
			{version > 0 && <Change1 key={version} version={version} tell={tell} current={s.version} />}
			{!proposed && !query.value.has('import') && <p class="buttons"><a class="button" href="/config?import=1">{t('im.file')}</a></p>}
			<Section title={t('cf.versions')}>
				<table class="table">
					<thead><tr><th scope="col">{t('cf.version')}</th><th scope="col">{t('cf.taken')}</th><th scope="col">{t('cf.who')}</th><th scope="col">{t('cf.why_was')}</th><th scope="col">{t('cf.files')}</th></tr></thead>
					<tbody>
						{versions.data?.items.map((v) => (
							<tr key={v.version}>
								<th scope="row"><a href={`/config?version=${v.version}`}>{v.version}</a></th>
								<td>{moment(v.taken, minute.value)}</td><td>{byOf(v, people)}</td><td>{whyOf(v)}</td><td>{counts(v)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</Section>
			<Files state={s} />
		</div>
	);
}
