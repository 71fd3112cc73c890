/* Which view an address shows, for whom, and how it stands in the rail. A view is a file of its own,
 * loaded when it is wanted first. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Frame } from './frame';
import { t, type Key } from './i18n';
import type { IconName } from './icons';
import { go, path, query } from './router';
import { locked, may, session } from './state';
import { Lock } from './views/lock';
import { NowView } from './views/now';
import { SignIn } from './views/sign-in';

export interface ViewProps { id: string }
type View = ComponentType<ViewProps>;

export interface Route {
	match: RegExp; /* the first group is the id */
	title: Key; right: string; /* needed to see it; '' for everybody */
	load: () => Promise<View>;
	rail?: { href: string; icon: IconName; key: string };
}

export const ROUTES: readonly Route[] = [
	{ match: /^\/now$/, title: 'view.now', right: 'see.incidents', load: async () => NowView, /* what most come for: with the frame in one file, so that nothing is waited for twice */
		rail: { href: '/now', icon: 'now', key: 'g n' } },
	{ match: /^\/incidents\/([^/]+)$/, title: 'view.incident', right: 'see.incidents',
		load: async () => (await import('./views/incident')).IncidentView },
	{ match: /^\/crisis$/, title: 'view.crisis', right: 'acknowledge', load: async () => (await import('./views/crisis')).CrisisView,
		rail: { href: '/crisis', icon: 'crisis', key: 'g k' } },
	{ match: /^\/crisis\/situation$/, title: 'cr.sitrep', right: 'see.incidents', load: async () => (await import('./views/crisis')).SituationView },
	{ match: /^\/care$/, title: 'view.care', right: 'see.care', load: async () => (await import('./views/care')).CareView,
		rail: { href: '/care', icon: 'care', key: 'g c' } },
	{ match: /^\/watch$/, title: 'view.watch', right: 'keep.watch', load: async () => (await import('./views/watch')).WatchView,
		rail: { href: '/watch', icon: 'clock', key: 'g h' } },
	{ match: /^\/held$/, title: 'view.held', right: 'see.incidents', load: async () => (await import('./views/held')).HeldView },
	{ match: /^\/assets$/, title: 'view.assets', right: 'see.assets', load: async () => (await import('./views/assets')).AssetsView,
		rail: { href: '/assets', icon: 'assets', key: 'g a' } },
	{ match: /^\/assets\/([^/]+)$/, title: 'view.assets', right: 'see.assets', load: async () => (await import('./views/asset')).AssetView },
	{ match: /^\/prevention$/, title: 'view.prevention', right: 'see.paths', load: async () => (await import('./views/prevention')).PreventionView,
		rail: { href: '/prevention', icon: 'prevention', key: 'g v' } },
	{ match: /^\/signs$/, title: 'view.signs', right: 'see.incidents', load: async () => (await import('./views/signs')).SignsView,
		rail: { href: '/signs', icon: 'sensor', key: 'g s' } },
	{ match: /^\/report$/, title: 'view.report', right: 'report', load: async () => (await import('./views/report')).ReportView,
		rail: { href: '/report', icon: 'report', key: 'g r' } },
	{ match: /^\/kept$/, title: 'view.kept', right: 'see.evidence', load: async () => (await import('./views/kept')).KeptView },
	{ match: /^\/privacy$/, title: 'view.privacy', right: 'see.audit', load: async () => (await import('./views/privacy')).PrivacyView,
		rail: { href: '/privacy', icon: 'privacy', key: 'g l' } },
	{ match: /^\/processing$/, title: 'view.processing', right: 'see.audit', load: async () => (await import('./views/processing')).ProcessingView },
	{ match: /^\/law$/, title: 'view.law', right: 'answer.law', load: async () => (await import('./views/clocks')).ClocksView,
		rail: { href: '/law', icon: 'due', key: 'g d' } },
	{ match: /^\/proof$/, title: 'view.proof', right: 'see.proof', load: async () => (await import('./views/proof')).ProofView,
		rail: { href: '/proof', icon: 'check', key: 'g e' } },
	{ match: /^\/proof\/board$/, title: 'view.board', right: 'see.proof', load: async () => (await import('./views/proof')).BoardView },
	{ match: /^\/notices$/, title: 'view.notices', right: 'see.audit', load: async () => (await import('./views/notices')).NoticesView },
	{ match: /^\/notices\/([^/]+)$/, title: 'view.notices', right: 'see.audit', load: async () => (await import('./views/notices')).NoticeView },
	{ match: /^\/ethics\/([^/]+)$/, title: 'no.notes', right: '', load: async () => (await import('./views/notices')).EthicsView },
	{ match: /^\/persons\/([^/]+)$/, title: 'view.persons', right: 'answer.law', load: async () => (await import('./views/notices')).LetterView },
	{ match: /^\/persons$/, title: 'view.persons', right: 'answer.law', load: async () => (await import('./views/persons')).PersonsView },
	{ match: /^\/law\/([^/]+)$/, title: 'view.law', right: 'answer.law', load: async () => (await import('./views/law')).LawView },
	{ match: /^\/law\/([^/]+\/[^/]+)$/, title: 'view.draft', right: 'answer.law', load: async () => (await import('./views/draft')).DraftView },
	{ match: /^\/state$/, title: 'view.state', right: 'see.state', load: async () => (await import('./views/state')).StateView,
		rail: { href: '/state', icon: 'state', key: 'g t' } },
	{ match: /^\/rules\/([^/]+)$/, title: 'st.rule', right: 'see.state', load: async () => (await import('./views/rule')).RuleView },
	{ match: /^\/setup$/, title: 'view.setup', right: 'configure', load: async () => (await import('./views/setup')).SetupView,
		rail: { href: '/setup', icon: 'step', key: 'g u' } },
	{ match: /^\/camera\/([^/]+)$/, title: 'view.camera', right: 'see.state', load: async () => (await import('./views/camera')).CameraView },
	{ match: /^\/people$/, title: 'view.people', right: 'administer', load: async () => (await import('./views/people')).PeopleView,
		rail: { href: '/people', icon: 'people', key: 'g p' } },
	{ match: /^\/config$/, title: 'view.config', right: 'configure', load: async () => (await import('./views/config')).ConfigView,
		rail: { href: '/config', icon: 'config', key: 'g f' } },
	{ match: /^\/exercise$/, title: 'app.exercise', right: 'exercise', load: async () => (await import('./views/exercise')).ExerciseView,
		rail: { href: '/exercise', icon: 'step', key: 'g x' } },
	{ match: /^\/account$/, title: 'view.account', right: '', load: async () => (await import('./views/account')).AccountView },
];

/* An address that somebody typed may be none. */
function idOf(route: Route | undefined, here: string): string {
	try {
		return decodeURIComponent(route?.match.exec(here)?.[1] ?? '');
	} catch {
		return '';
	}
}

function Loaded({ route, id }: { route: Route; id: string }): JSX.Element {
	const [view, set] = useState<{ of: Route; View: View } | null>(null);
	const [failed, fail] = useState<Route | null>(null); /* no link, or another Ward is there by now, whose views are other files */
	useEffect(() => {
		let here = true;
		route.load().then((View) => { if (here) set({ of: route, View }); }, () => { if (here) fail(route); });
		return () => { here = false; };
	}, [route]);
	if (failed === route) return (
		<div class="empty">
			<p class="problem" role="alert">{t('app.no_view')}</p>
			<p><button type="button" class="button" onClick={() => location.reload()}>{t('v.again')}</button></p>
		</div>
	);
	return view?.of === route ? <view.View id={id} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
}

/* Who answers for who looked at what begins there; else the first view of the rail that this person may see. */
export const home = (): string => may('see.audit') ? '/privacy' : ROUTES.find((r) => r.rail && (!r.right || may(r.right)))?.rail?.href ?? '/now';

const DOORS = ['/', '/sign-in', '/wall', '/post'];

export function App(): JSX.Element {
	const s = session.value;
	const inside = !!s && !s.must_set_password;
	useEffect(() => { /* who came in by the door, or by the bare address */
		if (inside && DOORS.includes(path.value)) go(home() + location.search, true);
	}, [inside, path.value]);
	if (!s && locked.value) return <Lock />;
	if (s === undefined) return <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	if (s === null || s.must_set_password) return <SignIn />;
	const here = DOORS.includes(path.value) ? home() : path.value;
	const route = ROUTES.find((r) => r.match.test(here));
	const allowed = route && (!route.right || may(route.right));
	return (
		/* at a post the next person sees the same view, and nothing that somebody began in it or in the frame */
		<Frame key={s.person.id} title={t(route?.title ?? 'app.not_here')} here={here} wall={query.value.has('wall') || !!s.wall}>
			{allowed ? <Loaded route={route} id={idOf(route, here)} />
				: <div class="empty">
					<h1>{t(route ? 'app.no_right' : 'app.not_here')}</h1>
					<p><a class="button" href={home()}>{t(home() === '/now' ? 'app.to_now' : 'app.skip')}</a></p>
				</div>}
		</Frame>
	);
}
