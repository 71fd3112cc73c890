/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "ecae5aef6f62591e";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-iueg5alS.js","/assets/account-oTio1RCA.css","/assets/asset-DM47ERIS.js","/assets/assets-ZFrv6WVG.js","/assets/bulk-DKo0o1Lr.js","/assets/camera-CROBCGK7.css","/assets/camera-D_mutFI2.js","/assets/care-D-7CDXLO.js","/assets/chance-B-1uprCq.js","/assets/chance-BOgEQ9UR.css","/assets/clocks-B9umPNX-.js","/assets/config-Bumxp7iz.js","/assets/config-Dbph0HfW.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-CpUisdIx.js","/assets/decide-58TsARwa.js","/assets/draft-BVjbi5CY.js","/assets/events-Dug4LOHL.js","/assets/evidence-BN70T6zK.js","/assets/exercise-BDybmaVb.js","/assets/fr-CyUcQx4Z.js","/assets/held-CwtS7gSN.js","/assets/incident-CQP9JGJX.css","/assets/incident-DHjkkv21.js","/assets/index-D8hlLIy2.js","/assets/index-DGFyQQ5o.css","/assets/it-D9IJ6sk4.js","/assets/kept-Buhlsa52.js","/assets/know-BYcfrR_g.css","/assets/law-7nTVaUU8.js","/assets/law-FWytmPbz.css","/assets/nl-BQLGQOie.js","/assets/notices-DjDF36ZL.js","/assets/people-BWB6j2IV.js","/assets/persons-pmsqg1o0.js","/assets/prevention-C1Lc-E0H.js","/assets/privacy-CbeqABgu.js","/assets/processing-ImxzuSUH.js","/assets/proof-Byv68Ueq.css","/assets/proof-D7jc8-JR.js","/assets/register-DDBMJo8I.js","/assets/report-1Oi6RJlD.js","/assets/reports-CTTgs5bh.js","/assets/sealed-Clvg2XqN.js","/assets/seen-Bz0-XzdD.js","/assets/setup-BkIIBYLM.js","/assets/setup-geHU56NX.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-CIld5nLs.js","/assets/state-BF30zXUV.css","/assets/state-Bj9jKKrq.js","/assets/watch-B4Wfa6Hn.css","/assets/watch-BFMNjOfd.js","/assets/window-0soTDCXB.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

let person = 0; /* how many have left since this worker began: an answer to one of them is not kept */
self.addEventListener('message', (e) => {
	if (e.data !== 'forget') return;
	person++;
	e.waitUntil(caches.delete(STATE));
});

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response, of) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const body = await response.blob(), cache = await caches.open(STATE);
	if (of !== person) return;
	await cache.put(request, new Response(body, { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	const of = person;
	try {
		const response = await fetch(event.request);
		if (of === person && response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone(), of));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
