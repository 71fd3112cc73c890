#include "evacuate/say.h"
#include "words/day.h"

/* One page for each building, for whoever gets out of the first engine: HTML without scripts,
 * pictures or fonts of its own, for A4 upright. Colour is never the only sign. */

enum { COLUMNS = 12, KINDS = 10 }; /* stairs and lifts drawn as columns; all are listed */

static const char style[] =
	"@page{size:A4;margin:9mm}*{box-sizing:border-box}"
	"body{font:9.5pt/1.28 Arial,Helvetica,'Liberation Sans',sans-serif;color:#000;margin:0 "
	"auto;"
	"max-width:192mm;background:#fff}"
	"section{break-after:page}section:last-child{break-after:auto}"
	"h1{font-size:19pt;margin:0;line-height:1.1}h2{font-size:10.5pt;margin:3mm 0 .8mm;"
	"border-bottom:.4mm solid #000;text-transform:uppercase;letter-spacing:.02em}"
	"header{display:flex;justify-content:space-between;align-items:flex-end;"
	"border-bottom:.8mm solid #b00;padding-bottom:1mm}header "
	"p{margin:0;text-align:right;white-space:nowrap}"
	".alarm{border:.8mm solid #b00;color:#b00;font-weight:bold;font-size:11.5pt;padding:1.5mm "
	"2mm;"
	"margin:1.5mm 0}.alarm p{margin:0}"
	"ul{margin:0;padding-left:4mm}li{margin:0 0 .3mm}"
	"table{border-collapse:collapse;width:100%}"
	".cut th,.cut td{border:.2mm solid "
	"#888;padding:.6mm;text-align:center;vertical-align:middle}"
	".cut .lev{width:9mm;font-weight:bold;background:#eee}.cut .way{width:9mm;font-weight:bold}"
	".cut td.boxes{padding:.6mm;text-align:left}.row{display:flex;gap:.8mm}"
	".k{flex:1;border:.35mm solid #000;padding:.6mm 1mm;min-height:15mm}"
	".k b{display:block;line-height:1.1}.k.smoke{border-style:dashed}"
	".k.core{flex:0 0 20mm;background:#eee}.k.now{border:1.1mm solid #b00;color:#b00}"
	".k.next{border:.9mm dashed #b00}.hz{font-weight:bold;white-space:nowrap}"
	".two{columns:2;column-gap:5mm}.two li{break-inside:avoid}"
	"footer{border-top:.2mm solid #888;margin-top:3mm;font-size:8pt}.alarm "
	"ul{font-weight:normal;font-size:9.5pt}"
	".out{font-size:7pt;font-weight:normal;display:block}";

static void text(const struct ward_evac_say *o, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '&')
			ward_wr_z(o->to, "&amp;");
		else if (c == '<')
			ward_wr_z(o->to, "&lt;");
		else if (c == '>')
			ward_wr_z(o->to, "&gt;");
		else if (c == '"')
			ward_wr_z(o->to, "&quot;");
		else
			ward_wr_ch(o->to, c < ' ' || c == 0x7f ? ' ' : (char)c);
	}
}

static void say(const struct ward_evac_say *o, const char *english)
{
	text(o, ward_lang_text(o->lang, ward_str_z(english)));
}

static void put(const struct ward_evac_say *o, const char *html)
{
	ward_wr_z(o->to, html);
}

static struct ward_str name_of(const struct ward_evac_say *o, uint32_t node)
{
	return ward_model_node(o->e->m, node)->name;
}

/* Is the way of the building: does it stop in one of its compartments? */
static bool of_building(const struct ward_evac *e, const struct ward_evac_way *w, uint32_t building)
{
	for (size_t i = 0; i < w->n_stop; i++)
		if (e->compartment[w->stop[i]].building == building)
			return true;
	return false;
}

/* Stairs and lifts of the building, as S1, S2, L1 … */
static bool is_shaft(const struct ward_evac *e, size_t way, uint32_t building)
{
	return e->way[way].kind != WARD_EVAC_DOOR && of_building(e, &e->way[way], building);
}

/* Those that are drawn: where there are too many, lifts that may carry patients or the brigade
 * first, since stairs are told apart on the spot. In the order of the file. */
static size_t shafts(const struct ward_evac *e, uint32_t building, size_t ret[COLUMNS], size_t *all)
{
	size_t n = 0, lifts = 0, others;

	*all = 0;
	for (size_t i = 0; i < e->n_way; i++) {
		bool is = is_shaft(e, i, building);

		*all += is;
		lifts += is && e->way[i].kind == WARD_EVAC_LIFT &&
			 e->way[i].lift != WARD_EVAC_LIFT_ORDINARY;
	}
	lifts = lifts < COLUMNS ? lifts : COLUMNS;
	others = COLUMNS - lifts;
	for (size_t i = 0; i < e->n_way; i++) {
		bool lift = e->way[i].kind == WARD_EVAC_LIFT &&
			    e->way[i].lift != WARD_EVAC_LIFT_ORDINARY;
		size_t *left = lift ? &lifts : &others;

		if (!is_shaft(e, i, building) || !*left)
			continue;
		ret[n++] = i;
		--*left;
	}
	return n;
}

static void shaft_code(const struct ward_evac_say *o, uint32_t building, size_t way)
{
	enum ward_evac_way_kind kind = o->e->way[way].kind;
	size_t n = 1;

	for (size_t k = 0; k < way; k++)
		n += o->e->way[k].kind == kind && is_shaft(o->e, k, building);
	ward_wr_printf(o->to, "%c%zu", kind == WARD_EVAC_STAIRS ? 'S' : 'L', n);
}

static const char *kind_text(struct ward_str kind)
{
	static const struct {
		const char *kind, *text;
	} row[KINDS] = {{"oxygen", WARD_TEXT("Oxygen")}, {"gas", WARD_TEXT("Gas")},
		{"mri", WARD_TEXT("Magnet (MRI): no iron")}, {"chemical", WARD_TEXT("Chemicals")},
		{"biological", WARD_TEXT("Infectious")}, {"radiation", WARD_TEXT("Radiation")},
		{"electrical", WARD_TEXT("Electricity")}, {"battery", WARD_TEXT("Batteries")},
		{"fuel", WARD_TEXT("Fuel")}, {"other", WARD_TEXT("Danger")}};

	for (size_t i = 0; i < KINDS; i++)
		if (ward_str_eqz(kind, row[i].kind))
			return row[i].text;
	return row[KINDS - 1].text;
}

/* Patients there, and dangers, in words. */
static void inside(const struct ward_evac_say *o, uint32_t at)
{
	int64_t n[WARD_EVAC_CLASS_N] = {0};
	bool first = true;

	for (size_t i = 0; i < o->e->n_ward; i++)
		for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++)
			n[c] += o->e->ward[i].at == at ? o->e->ward[i].count[c] : 0;
	for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++) {
		char buf[96];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		if (!n[c])
			continue;
		put(o, first ? "" : " · ");
		ward_evac_say_count(&w, o->lang, (enum ward_evac_class)c, n[c]);
		text(o, ward_wr_text(&w));
		first = false;
	}
	for (size_t i = 0; i < o->e->n_hazard; i++) {
		bool told = false;

		if (o->e->of[o->e->hazard[i].place] != at)
			continue;
		for (size_t k = 0; k < i; k++)
			told = told ||
			       (o->e->of[o->e->hazard[k].place] == at &&
				       ward_str_eq(o->e->hazard[k].kind, o->e->hazard[i].kind));
		if (told)
			continue;
		put(o, first ? "<span class=hz>⚠ " : " <span class=hz>⚠ ");
		say(o, kind_text(o->e->hazard[i].kind));
		put(o, "</span>");
		first = false;
	}
}

/* A place of stairs and lifts only: they stop there, and nobody is brought there. */
static bool is_core(const struct ward_evac *e, uint32_t at)
{
	for (size_t i = 0; i < e->n_way; i++)
		for (size_t s = 0; s < e->way[i].n_stop; s++)
			if (e->way[i].kind == WARD_EVAC_LIFT && e->way[i].stop[s] == at)
				return !e->compartment[at].area_dm2;
	return false;
}

static void box(const struct ward_evac_say *o, uint32_t at)
{
	const struct ward_evac_compartment *c = &o->e->compartment[at];
	bool now = o->ask && o->ask->at == at;

	put(o, "<div class=\"k");
	put(o, c->kind == WARD_EVAC_KIND_SMOKE ? " smoke" : "");
	put(o, is_core(o->e, at) ? " core" : "");
	put(o, now ? " now" : o->plan && o->plan->phase[at] == WARD_EVAC_NEXT ? " next" : "");
	put(o, "\"><b>");
	if (now) {
		say(o, ward_evac_say_threat(o->ask->threat));
		put(o, ": ");
	}
	text(o, c->name);
	put(o, "</b>");
	inside(o, at);
	put(o, "</div>");
}

static void floor_row(const struct ward_evac_say *o, uint32_t building, int32_t level,
	const size_t *shaft, size_t n_shaft)
{
	ward_wr_printf(o->to, "<tr><td class=lev>%d</td>", level);
	for (size_t i = 0; i < n_shaft; i++) {
		const struct ward_evac_way *w = &o->e->way[shaft[i]];
		bool stops = false, out = false;

		for (size_t s = 0; s < w->n_stop; s++) {
			const struct ward_evac_compartment *c = &o->e->compartment[w->stop[s]];

			bool outside = c->kind == WARD_EVAC_KIND_OUTSIDE;

			stops = stops || (c->level == level && !outside && c->building == building);
			out = out || (c->level == level && outside);
		}
		put(o, "<td class=way>");
		if (stops || out)
			shaft_code(o, building, shaft[i]);
		else
			put(o, "│");
		if (out) {
			put(o, "<span class=out>");
			say(o, WARD_TEXT("way out"));
			put(o, "</span>");
		}
		put(o, "</td>");
	}
	put(o, "<td class=boxes><div class=row>");
	for (int core = 1; core >= 0; core--)
		for (uint32_t i = 0; i < o->e->n_compartment; i++)
			if (o->e->compartment[i].building == building &&
				o->e->compartment[i].level == level &&
				o->e->compartment[i].kind != WARD_EVAC_KIND_OUTSIDE &&
				is_core(o->e, i) == (core == 1))
				box(o, i);
	put(o, "</div></td></tr>\n");
}

/* Doors that lead from the building to the open. */
static void exits(const struct ward_evac_say *o, uint32_t building)
{
	for (size_t i = 0; i < o->e->n_way; i++) {
		const struct ward_evac_way *w = &o->e->way[i];
		bool out = false, in = false;

		for (size_t s = 0; w->kind == WARD_EVAC_DOOR && s < w->n_stop; s++) {
			const struct ward_evac_compartment *c = &o->e->compartment[w->stop[s]];
			bool outside = c->kind == WARD_EVAC_KIND_OUTSIDE;

			out = out || outside;
			in = in || (!outside && c->building == building);
		}
		if (!out || !in)
			continue;
		put(o, "<li><b>");
		say(o, WARD_TEXT("Way out"));
		put(o, "</b> ");
		text(o, w->name);
		ward_wr_printf(o->to, ", %lld cm</li>", (long long)(w->width_mm / 10));
	}
}

/* Every one of them, drawn or not. */
static void shaft_list(const struct ward_evac_say *o, uint32_t building)
{
	put(o, "<ul class=two>");
	for (size_t i = 0; i < o->e->n_way; i++) {
		const struct ward_evac_way *w = &o->e->way[i];

		if (!is_shaft(o->e, i, building))
			continue;
		put(o, "<li><b>");
		shaft_code(o, building, i);
		put(o, "</b> ");
		text(o, w->name);
		if (w->kind == WARD_EVAC_STAIRS) {
			ward_wr_printf(o->to, ", %lld cm", (long long)(w->width_mm / 10));
		} else {
			put(o, ": ");
			say(o, ward_evac_say_lift(o, w));
		}
		put(o, "</li>");
	}
	exits(o, building);
	put(o, "</ul>\n");
}

static void cut(const struct ward_evac_say *o, uint32_t building)
{
	size_t shaft[COLUMNS], all, n = shafts(o->e, building, shaft, &all);
	int32_t low = INT32_MAX, high = INT32_MIN;

	for (size_t i = 0; i < o->e->n_compartment; i++) {
		const struct ward_evac_compartment *c = &o->e->compartment[i];

		if (c->building != building || c->kind == WARD_EVAC_KIND_OUTSIDE)
			continue;
		low = c->level < low ? c->level : low;
		high = c->level > high ? c->level : high;
	}
	put(o, "<h2>");
	say(o, WARD_TEXT("Floors, compartments, patients"));
	put(o, "</h2><table class=cut>\n");
	for (int32_t level = high; level >= low && high != INT32_MIN; level--)
		floor_row(o, building, level, shaft, n);
	put(o, "</table>\n");
	if (n < all) {
		char drawn[24], of[24], buf[256];
		struct ward_wr a = ward_wr_fixed(drawn, sizeof(drawn));
		struct ward_wr b = ward_wr_fixed(of, sizeof(of));
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		ward_wr_i64(&a, (int64_t)n);
		ward_wr_i64(&b, (int64_t)all);
		WARD_SAY(&w, o->lang,
			WARD_TEXT("{n} of {all} stairs and lifts are drawn; all are listed here."),
			{"n", ward_wr_text(&a)}, {"all", ward_wr_text(&b)});
		put(o, "<p><b>");
		text(o, ward_wr_text(&w));
		put(o, "</b></p>");
	}
	shaft_list(o, building);
}

static void access(const struct ward_evac_say *o, uint32_t building)
{
	put(o, "<h2>");
	say(o, WARD_TEXT("Access, panel, keys"));
	put(o, "</h2><ul>");
	for (size_t i = 0; i < o->e->n_access; i++) {
		if (o->e->access[i].building != building)
			continue;
		put(o, "<li>");
		text(o, o->e->access[i].text);
		put(o, "</li>");
	}
	put(o, "</ul>\n");
}

static void valve(const struct ward_evac_say *o, const struct ward_evac_oxygen *x)
{
	int64_t n = 0;
	char buf[96], digits[24];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_wr num = ward_wr_fixed(digits, sizeof(digits));

	put(o, "<li><b>");
	text(o, x->name);
	put(o, "</b>, ");
	text(o, name_of(o, x->place));
	put(o, ": ");
	if (x->n_serves > 4) {
		ward_wr_i64(&num, (int64_t)x->n_serves);
		WARD_SAY(&w, o->lang, WARD_TEXT("{n} compartments"), {"n", ward_wr_text(&num)});
		text(o, ward_wr_text(&w));
	}
	for (size_t s = 0; s < x->n_serves; s++) {
		if (x->n_serves <= 4) {
			put(o, s ? "; " : "");
			text(o, o->e->compartment[x->serves[s]].name);
		}
		for (size_t k = 0; k < o->e->n_ward; k++)
			n += o->e->ward[k].at == x->serves[s]
				     ? o->e->ward[k].count[WARD_EVAC_VENTILATED]
				     : 0;
	}
	put(o, " (");
	w = ward_wr_fixed(buf, sizeof(buf));
	ward_evac_say_count(&w, o->lang, WARD_EVAC_VENTILATED, n);
	text(o, ward_wr_text(&w));
	put(o, ")</li>");
}

static void dangers(const struct ward_evac_say *o, uint32_t building)
{
	put(o, "<h2>");
	say(o, WARD_TEXT("Oxygen shut-offs: to close one is for the clinical side to decide"));
	put(o, "</h2><ul class=two>");
	for (size_t i = 0; i < o->e->n_oxygen; i++) {
		const struct ward_evac_oxygen *x = &o->e->oxygen[i];
		bool here = ward_model_up(o->e->m, x->place, WARD_NODE_BUILDING) == building;

		for (size_t s = 0; s < x->n_serves; s++)
			here = here || o->e->compartment[x->serves[s]].building == building;
		if (here)
			valve(o, x);
	}
	put(o, "</ul>\n<h2>");
	say(o, WARD_TEXT("Dangers"));
	put(o, "</h2><ul class=two>");
	for (size_t i = 0; i < o->e->n_hazard; i++) {
		const struct ward_evac_hazard *h = &o->e->hazard[i];

		if (ward_model_up(o->e->m, h->place, WARD_NODE_BUILDING) != building)
			continue;
		put(o, "<li><b>");
		say(o, kind_text(h->kind));
		put(o, "</b>: ");
		text(o, name_of(o, h->place));
		put(o, h->text.len ? ": " : "");
		text(o, h->text);
		put(o, "</li>");
	}
	put(o, "</ul>\n");
}

static void alarm_move(const struct ward_evac_say *o, const struct ward_evac_move *m)
{
	char buf[1024], count[96], minute[24], ward[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf)), n = ward_wr_fixed(count, sizeof(count));
	struct ward_wr to = ward_wr_fixed(minute, sizeof(minute));
	bool moves = m->fate == WARD_EVAC_MOVES;

	ward_evac_say_count(&n, o->lang, m->class, m->n);
	ward_wr_i64(&to, (m->safe + 59999) / 60000);
	put(o, "<li>");
	if (moves)
		WARD_SAY(&w, o->lang, WARD_TEXT("{name}: {count} to {place}, there by minute {to}"),
			{"name", ward_evac_say_ward(o, m->ward, ward)}, {"count", ward_wr_text(&n)},
			{"place", o->e->compartment[m->route.leg[m->route.n - 1].to].name},
			{"to", ward_wr_text(&to)});
	else
		WARD_SAY(&w, o->lang, WARD_TEXT("{name}: {count}: {why}"),
			{"name", ward_evac_say_ward(o, m->ward, ward)}, {"count", ward_wr_text(&n)},
			{"why", ward_lang_text(o->lang, ward_str_z(ward_evac_say_fate(m->fate)))});
	text(o, ward_wr_text(&w));
	put(o, "</li>");
}

static void assumed(const struct ward_evac_say *o, uint32_t building)
{
	char buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_evac_say_assumed(o, &w, building);
	if (!ward_wr_text(&w).len)
		return;
	put(o, "<p>");
	text(o, ward_wr_text(&w));
	put(o, "</p>");
}

static void alarm_box(const struct ward_evac_say *o, uint32_t building)
{
	char buf[512], n[24], late[24];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf)), num = ward_wr_fixed(n, sizeof(n));
	struct ward_wr bad = ward_wr_fixed(late, sizeof(late));
	uint32_t room = o->ask ? o->ask->room : WARD_NONE;

	if (!o->plan || o->e->compartment[o->ask->at].building != building)
		return;
	ward_wr_i64(&num, o->plan->moved + o->plan->lost);
	ward_wr_i64(&bad, o->plan->late + o->plan->lost);
	put(o, "<div class=alarm><p>");
	say(o, ward_evac_say_threat(o->ask->threat));
	put(o, ": ");
	text(o, room == WARD_NONE ? o->e->compartment[o->ask->at].name : name_of(o, room));
	put(o, ". ");
	WARD_SAY(&w, o->lang,
		WARD_TEXT("{n} patients to be brought away; {late} of them not in time."),
		{"n", ward_wr_text(&num)}, {"late", ward_wr_text(&bad)});
	text(o, ward_wr_text(&w));
	put(o, "</p><ul>");
	for (size_t i = 0; i < o->plan->n_move; i++)
		alarm_move(o, &o->plan->move[i]);
	put(o, "</ul>");
	assumed(o, building);
	put(o, "</div>\n");
}

/* "2026-10-05" as people write it; what is no day as it stands. */
static struct ward_str day_of(const struct ward_evac_say *o, struct ward_str s, char text[48])
{
	struct ward_wr w = ward_wr_fixed(text, 48);
	uint64_t y, m, d;

	if (s.len != 10 || s.p[4] != '-' || s.p[7] != '-' ||
		!ward_str_u64(ward_str_sub(s, 0, 4), &y) ||
		!ward_str_u64(ward_str_sub(s, 5, 2), &m) ||
		!ward_str_u64(ward_str_sub(s, 8, 2), &d) || m < 1 || m > 12)
		return s;
	const struct ward_day day = {.year = (int)y, .month = (int)m, .day = (int)d};

	ward_say_day(&w, o->lang, &day);
	return ward_wr_text(&w);
}

static void page(const struct ward_evac_say *o, uint32_t building)
{
	char buf[512], date[48];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	put(o, "<section>\n<header><h1>");
	text(o, name_of(o, building));
	put(o, "</h1><p><b>");
	say(o, WARD_TEXT("For the fire brigade"));
	put(o, "</b><br>");
	text(o, ward_model_hospital(o->e->m)->name);
	put(o, ", ");
	text(o, ward_model_hospital(o->e->m)->city);
	put(o, "</p></header>\n");
	alarm_box(o, building);
	access(o, building);
	cut(o, building);
	dangers(o, building);
	put(o, "<footer>");
	if (!o->plan)
		assumed(o, building);
	WARD_SAY(&w, o->lang,
		WARD_TEXT(
			"The fire brigade and the hospital's own plan rule: {plan}. Numbers of "
			"patients are those usual at the review of {date}; ask the shift leader."),
		{"plan", o->e->plan}, {"date", day_of(o, o->e->reviewed, date)});
	text(o, ward_wr_text(&w));
	put(o, "</footer>\n</section>\n");
}

void ward_evac_write_sheet(const struct ward_evac_say *o, const uint32_t *building, size_t n)
{
	put(o, "<!doctype html>\n<html lang=\"");
	text(o, ward_lang_code(o->lang));
	put(o, "\"><head><meta charset=\"utf-8\"><title>");
	text(o, ward_model_hospital(o->e->m)->name);
	put(o, "</title><style>");
	put(o, style);
	put(o, "</style></head><body>\n");
	for (size_t i = 0; i < n; i++)
		page(o, building[i]);
	put(o, "</body></html>\n");
}
