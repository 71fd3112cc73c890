/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "fe12772936f59914";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-ByCmPrPS.js","/assets/account-oTio1RCA.css","/assets/asset-Bd3ZXXU_.js","/assets/assets-De65Oqss.js","/assets/bulk-CHzX0fNj.js","/assets/camera-C61HGL43.js","/assets/camera-CROBCGK7.css","/assets/care-Bee2MwQL.js","/assets/chance-BOgEQ9UR.css","/assets/chance-CAIKSvOv.js","/assets/clocks-BkWIu-Ud.js","/assets/config-67h7-ahF.js","/assets/config-DlG46rRQ.js","/assets/config-VWLnO5e2.css","/assets/crisis-Ban3U45b.js","/assets/crisis-BdEIb8nO.css","/assets/decide-D4xEWoyz.js","/assets/draft-CUxe0dFj.js","/assets/events-BOwoyCyb.js","/assets/evidence-qWoD-A_B.js","/assets/exercise-DfqK2eOc.js","/assets/fr-BISrxX3E.js","/assets/held-BhunS4OO.js","/assets/incident-CQP9JGJX.css","/assets/incident-DQ5Jh_5v.js","/assets/index-CYE1abNc.js","/assets/index-mScVxhzb.css","/assets/it-BqvDdXy-.js","/assets/kept-CJvQHkXl.js","/assets/know-BYcfrR_g.css","/assets/law-CFuLEv-7.js","/assets/law-FWytmPbz.css","/assets/nl-BrfrGYCJ.js","/assets/notices-o8jjXONX.js","/assets/people-2UG99Qb3.js","/assets/persons-B7nT1TK5.js","/assets/prevention-tu5BZ5zr.js","/assets/privacy-BaPiWKRP.js","/assets/processing-Cd8vESbv.js","/assets/proof-Byv68Ueq.css","/assets/proof-Cs56o2PX.js","/assets/register-BQ6iUv8n.js","/assets/report-BoxOEMcW.js","/assets/reports-D9Os1WRz.js","/assets/sealed-Clvg2XqN.js","/assets/seen-DNw3AHDO.js","/assets/setup-CDkCa0X6.js","/assets/setup-D0PsLI1m.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-iPwbV11I.js","/assets/state-BF30zXUV.css","/assets/state-DE4kfyeS.js","/assets/views-CuEelnZ8.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-da50xfoh.js","/assets/window-jR9fT6gU.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
