/* A new hospital, step by step: each reads from the directory and the sensors how far it is, and changes the directory only by what
 * is looked over and taken. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get } from '../api';
import type { Change } from '../config';
import { span } from '../format';
import { t, type Key } from '../i18n';
import { ask, query } from '../router';
import { minute, plans, useLive } from '../state';
import type { Plans } from '../types';
import { Failed, Section } from './parts';
import type { Candidates } from './prevention/types';
import type { Place } from './types';
import { Bring } from './setup/bring';
import { Cameras } from './setup/cameras';
import { Floors } from './setup/floors';
import { Found } from './setup/found';
import { House } from './setup/house';
import { dropDraft } from './setup/parts';
import { Taking } from './setup/taking';
import type { Setup, StepProps } from './setup/types';
import { Wires } from './setup/wires';
import './views.css';
import './setup.css';

const STEPS = ['house', 'bring', 'draw', 'cameras', 'wire', 'found'] as const;
type Step = (typeof STEPS)[number];
interface Wanted { why: string; what: Change; draft: string }
const LOOK_MS = 3000;

const listens = (s: Setup): Setup['sources'] => s.sources.filter((x) => x.kind === 'net' || x.kind === 'flow');

/* How far a step is, as the directory and the sensors have it. */
function stateOf(step: Step, s: Setup, hosts: number): { done: boolean; text: string } {
	const { counts: n } = s;
	const cameras = s.sources.filter((x) => x.kind === 'video');
	const heard = listens(s).filter((x) => x.state === 'works').length;
	return {
		house: { done: n.floors > 0, text: `${t('set.n_buildings', { n: n.buildings })}, ${t('set.n_floors', { n: n.floors })}` },
		bring: { done: n.assets > 0, text: t('set.n_assets', { n: n.assets }) },
		draw: { done: n.floors > 0 && n.drawn === n.floors, text: t('set.n_drawn', { n: n.drawn, of: n.floors }) },
		cameras: { done: cameras.length > 0, text: t('set.n_cameras', { n: cameras.length, of: cameras.filter((x) => x.state === 'works').length }) },
		wire: { done: heard > 0, text: t('set.n_heard', { n: heard, of: listens(s).length }) },
		found: { done: hosts === 0 && heard > 0 && n.assets > 0, text: t('set.hosts', { n: hosts }) },
	}[step];
}

function Now({ setup, hosts }: { setup: Setup; hosts: number }): JSX.Element {
	const wires = setup.interfaces.filter((w) => w.source);
	const events = setup.sources.reduce((n, s) => n + (s.events ?? 0), 0);
	return (
		<dl class="facts so-far">
			<div><dt>{t('set.frames_now')}</dt><dd>{wires.length ? t('set.rate', { n: wires.reduce((n, w) => n + w.per_second, 0) }) : t('set.nobody_listens')}</dd></div>
			<div><dt>{t('set.events')}</dt><dd>{t('set.count', { n: events })}</dd></div>
			<div><dt>{t('set.new_hosts')}</dt><dd>{t('set.count', { n: hosts })}</dd></div>
			{setup.began && <div><dt>{t('set.since')}</dt><dd>{span(Math.max(0, minute.value - Date.parse(setup.began)))}</dd></div>}
		</dl>
	);
}

export function SetupView(): JSX.Element {
	const { data: setup, problem, reload } = useLive<Setup>('/setup', () => false);
	const hosts = useLive<Candidates>('/candidates', () => false);
	const site = (useLive<{ places: Place[] }>('/model', () => false).data?.places ?? []).find((p) => p.kind === 'site')?.id ?? '';
	const [wanted, take] = useState<Wanted | null>(null);
	const [taken, setTaken] = useState('');
	useEffect(() => {
		const timer = setInterval(() => { reload(); hosts.reload(); }, LOOK_MS);
		return () => clearInterval(timer);
	}, [reload]);
	const began = setup?.began;
	useEffect(() => { /* Ward began anew: its directory is another */
		get<Plans>('/plans').then((p) => { plans.value = p; }, () => {});
	}, [began]);
	if (!setup) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const total = hosts.data?.total ?? 0;
	const states = STEPS.map((step) => ({ step, ...stateOf(step, setup, total) }));
	const at = STEPS.find((s) => s === query.value.get('step')) ?? states.find((s) => !s.done)?.step ?? 'found';
	const props: StepProps = { setup, site, take: (why, what, draft = at) => { setTaken(''); take({ why, what, draft }); } };
	const next = states.find((s) => !s.done && s.step !== at)?.step;
	const turnTo = (e: Event, step: Step) => { e.preventDefault(); take(null); setTaken(''); ask({ step }); };
	const title = (s: Step) => t(`set.${s}` as Key);
	return (
		<div class="view setup">
			<header class="view-head">
				<h1>{t('set.title', { name: setup.hospital.name })}</h1>
				<p class="quiet" role="status">{t('set.done', { n: states.filter((s) => s.done).length, of: STEPS.length })}</p>
			</header>
			<Now setup={setup} hosts={total} />
			<nav aria-label={t('set.steps')}>
				<ol class="set-steps">{states.map((s, i) => (
					<li key={s.step} class={s.done ? 'done' : ''}><a href={`/setup?step=${s.step}`} aria-current={s.step === at ? 'step' : undefined} onClick={(e) => turnTo(e, s.step)}>
						<span class="step-n" aria-hidden="true">{s.done ? '✓' : i + 1}</span><span><b>{title(s.step)}</b><small>{s.done && <span class="unseen">{t('set.is_done')} </span>}{s.text}</small></span></a></li>
				))}</ol>
			</nav>
			{taken && !wanted && <p class="taken" role="status"><span>✓ {t('set.taken', { what: taken })}</span>{next && <a href={`/setup?step=${next}`} onClick={(e) => turnTo(e, next)}>{t('set.next', { step: title(next) })}</a>}</p>}
			{wanted ? <Section title={wanted.why}><Taking {...wanted} done={(is) => {
				if (is) {
					dropDraft(wanted.draft);
					setTaken(wanted.why);
				}
				take(null);
				reload();
			}} /></Section>
				: <Section title={title(at)} key={`${at} ${began}`}>
					{at === 'house' ? <House {...props} /> : at === 'bring' ? <Bring {...props} /> : at === 'draw' ? <Floors {...props} />
						: at === 'cameras' ? <Cameras {...props} /> : at === 'wire' ? <Wires {...props} /> : <Found {...props} hosts={hosts.data} />}
				</Section>}
		</div>
	);
}
