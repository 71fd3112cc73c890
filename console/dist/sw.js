/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "3b90cf7cac577ee7";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-BrPD5K3L.js","/assets/account-oTio1RCA.css","/assets/asset-pU2H0FGE.js","/assets/assets-CyQh5AlW.js","/assets/bulk-bhf7yEYP.js","/assets/camera-CROBCGK7.css","/assets/camera-D6lgodF5.js","/assets/care-D8CMWs3K.js","/assets/chance-BOgEQ9UR.css","/assets/chance-BtCKa0zp.js","/assets/clocks-Bmk1VJ2Z.js","/assets/config-Cqxw91jj.js","/assets/config-Df1nMqr9.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-C7BN-UVp.js","/assets/decide-DkpvAtHy.js","/assets/draft-BZGO8euf.js","/assets/events-DMO5lP3Y.js","/assets/evidence-De9lzxxu.js","/assets/exercise-yOCUKGTd.js","/assets/fr-DiPDChyS.js","/assets/held-CBSYQh4j.js","/assets/incident-CQP9JGJX.css","/assets/incident-IakpXM61.js","/assets/index-C-tZBLUC.js","/assets/index-DGFyQQ5o.css","/assets/it-C9csgh9S.js","/assets/kept-B1veog77.js","/assets/know-BYcfrR_g.css","/assets/law-Dl1-Fl_A.js","/assets/law-FWytmPbz.css","/assets/nl-CL_xLueX.js","/assets/notices-Cbk_oSnZ.js","/assets/people-CH8bt9cn.js","/assets/persons-D_EZRsmQ.js","/assets/prevention-ICGXZe3Y.js","/assets/privacy-BoMJsz1J.js","/assets/processing-Du3fJde4.js","/assets/proof-Byv68Ueq.css","/assets/proof-DineZMd3.js","/assets/register-BvHn5szY.js","/assets/report-C0CJ00hJ.js","/assets/reports-B3C1Rw7Y.js","/assets/sealed-Clvg2XqN.js","/assets/seen-l8NXpIGR.js","/assets/setup-BdaXk01O.js","/assets/setup-hdyZ3mQQ.css","/assets/setup-tgXmrwAX.js","/assets/signs-CZWY_8ew.js","/assets/state-BF30zXUV.css","/assets/state-BmbFw2V9.js","/assets/watch-B4Wfa6Hn.css","/assets/watch-DRh_uYLO.js","/assets/window-DjeqY_fK.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
