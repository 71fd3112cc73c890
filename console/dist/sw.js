/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "81dd65a8b186d6da";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-Dg1D-4fm.js","/assets/account-oTio1RCA.css","/assets/asset-hrm3h_0M.js","/assets/assets-rJ-TZe4_.js","/assets/bulk-BABPIXNM.js","/assets/camera-CROBCGK7.css","/assets/camera-Dd2m_xNg.js","/assets/care-CXmpozRs.js","/assets/chance-BOgEQ9UR.css","/assets/chance-CkyVAC1i.js","/assets/clocks-B_VPTlaD.js","/assets/config-B8NC2NGY.js","/assets/config-BCJ1Ls6Y.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-BexLN_kb.js","/assets/decide-Bct1Hn6h.js","/assets/draft-DI5ZV2iI.js","/assets/events-_ZDZbD2F.js","/assets/evidence-X9pLZzbr.js","/assets/fr-DIWsvTYY.js","/assets/held-BE3fVgkS.js","/assets/incident-13guDDza.js","/assets/incident-CQP9JGJX.css","/assets/index-IpfAje_N.js","/assets/index-mScVxhzb.css","/assets/it-CXqrK9cF.js","/assets/know-BYcfrR_g.css","/assets/law-CjUzcPv0.js","/assets/law-FWytmPbz.css","/assets/nl-BE1udH0T.js","/assets/notices-CLP1lIwx.js","/assets/people-BUEz17jX.js","/assets/persons-CfbWX64G.js","/assets/prevention-DZSB9bFT.js","/assets/privacy-gKJ7aEnf.js","/assets/processing-C7FSc6CQ.js","/assets/proof-5b9SnKyM.js","/assets/proof-Byv68Ueq.css","/assets/register-DpMWgWmt.js","/assets/report-SfCDM65f.js","/assets/reports-BK6FhgK8.js","/assets/sealed-Clvg2XqN.js","/assets/seen-CcOWE-D7.js","/assets/setup-Cp1bx14P.js","/assets/setup-hdyZ3mQQ.css","/assets/setup-ji1NedwO.js","/assets/signs-Oq15cm7x.js","/assets/state-BF30zXUV.css","/assets/state-Bq6MIpk2.js","/assets/views-iGwbQ68d.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-D0ucAYI4.js","/assets/window-DtEESPpv.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
