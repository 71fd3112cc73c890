/* A floor as a picture for paper: SVG in centimetres of the building, doors numbered and listed.
 * Colour is never the only sign: zones also by their words in the legend, doors by their form. */
#include "plan/priv.h"

#include "words/words.h"

enum {
	LINES_MAX = 5,
	FONT_MAX = 46, /* cm */
	FONT_MIN = 26,
	LIST_FONT = 42,
	LIST_LINE = 64,
	LIST_WIDTH = 1500, /* of one column at least */
	HEAD = 170,
	DOOR_WIDE = 110,
	DOOR_THICK = 36,
	SHEET_MIN = 2600, /* so that head and legend have room */
	LEGEND_LINE = 60,
	PIXELS = 28, /* for a metre, … */
	PIXELS_MAX = 4000,
};

struct out {
	const struct ward_plans *p;
	const struct ward_plan *f;
	struct ward_lang *lang;
	struct ward_wr *w;
};

/* X(zone kind, fill, word) */
static const struct {
	const char *fill, *word;
} zones[WARD_ZONE_N] = {
	[WARD_ZONE_NONE] = {"#f4f4f2", NULL},
	[WARD_ZONE_PUBLIC] = {"#fdf6dc", WARD_TEXT("public area")},
	[WARD_ZONE_CLINICAL] = {"#e2f0fa", WARD_TEXT("clinical area")},
	[WARD_ZONE_STAFF] = {"#e9f4e4", WARD_TEXT("staff area")},
	[WARD_ZONE_RESTRICTED] = {"#f9e3e0", WARD_TEXT("restricted area")},
	[WARD_ZONE_TECHNICAL] = {"#e8e4f1", WARD_TEXT("technical area")},
};

/* Drawn about the origin, some 36 wide. */
static const struct {
	const char *fill, *path, *word;
} kinds[WARD_PLAN_KIND_N] = {
	[WARD_PLAN_CAMERA] = {"#1f5fa8", "M-20 -12h24v8l16 -8v24l-16 -8v8h-24z",
		WARD_TEXT("camera")},
	[WARD_PLAN_READER] = {"#7a3e9d", "M-8 -14h16v28h-16z", WARD_TEXT("badge reader")},
	[WARD_PLAN_DETECTOR] = {"#c0392b", "M0 -18l18 32h-36z", WARD_TEXT("fire detector")},
	[WARD_PLAN_SENSOR] = {"#118a7e", "M0 -18l18 18l-18 18l-18 -18z", WARD_TEXT("sensor")},
	[WARD_PLAN_MEDICAL] = {"#2a7fba", "M-6 -18h12v12h12v12h-12v12h-12v-12h-12v-12h12z",
		WARD_TEXT("medical device")},
	[WARD_PLAN_COMPUTER] = {"#5b6770", "M-18 -15h36v22h-14v8h-8v-8h-14z",
		WARD_TEXT("computer or network device")},
	[WARD_PLAN_BUILDING] = {"#8a6d3b", "M-8 -16h16l8 8v16l-8 8h-16l-8 -8v-16z",
		WARD_TEXT("building device")},
	[WARD_PLAN_OTHER] = {"#777777", "M-14 -14h28v28h-28z", WARD_TEXT("other things")},
};

static void text(const struct out *o, struct ward_str s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		unsigned char c = (unsigned char)s.p[i];

		n = ward_utf8_len((const uint8_t *)s.p + i, s.len - i);
		if (c == '&')
			ward_wr_z(o->w, "&amp;");
		else if (c == '<')
			ward_wr_z(o->w, "&lt;");
		else if (c == '>')
			ward_wr_z(o->w, "&gt;");
		else if (c == '"')
			ward_wr_z(o->w, "&quot;");
		else if (n && c >= ' ' && c != 0x7f)
			ward_wr_bytes(o->w, s.p + i, n);
		else
			ward_wr_ch(o->w, ' ');
		n = n ? n : 1;
	}
}

static void say(const struct out *o, const char *english)
{
	text(o, ward_lang_text(o->lang, ward_str_z(english)));
}

static void rect(const struct out *o, const struct ward_plan_rect *r, const char *more)
{
	ward_wr_printf(o->w, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"%s/>\n", r->x, r->y,
		r->w, r->h, more);
}

static const struct ward_node *node_of(const struct out *o, uint32_t i)
{
	return ward_model_node(o->p->m, i);
}

static enum ward_zone_kind zone_of(const struct out *o, const struct ward_plan_room *r)
{
	uint32_t zone = node_of(o, r->node)->zone;

	return zone == WARD_NONE ? WARD_ZONE_NONE : node_of(o, zone)->zone_kind;
}

static bool is_class(const struct out *o, uint32_t node, const char *class)
{
	uint32_t c = ward_ontology_find(ward_model_ontology(o->p->m), ward_str_z(class));

	return c != WARD_NONE && ward_model_is(o->p->m, node, c);
}

static void room(const struct out *o, const struct ward_plan_room *r)
{
	const char *fill = zones[zone_of(o, r)].fill;
	bool outside = is_class(o, r->node, "room.outside");

	ward_wr_printf(o->w, "<g fill=\"%s\" stroke=\"#333\" stroke-width=\"%d\"%s><title>",
		outside ? "#eef3e6" : fill, outside ? 6 : 12,
		outside ? " stroke-dasharray=\"40 25\"" : "");
	text(o, node_of(o, r->node)->name);
	ward_wr_z(o->w, "</title>");
	if (r->n_corner) {
		ward_wr_z(o->w, "<polygon points=\"");
		for (size_t i = 0; i < r->n_corner; i++)
			ward_wr_printf(
				o->w, "%s%d,%d", i ? " " : "", r->corner[i].x, r->corner[i].y);
		ward_wr_z(o->w, "\"/>");
	}
	for (size_t i = 0; i < r->n_part && !r->n_corner; i++)
		rect(o, &r->part[i], "");
	ward_wr_z(o->w, "</g>\n");
}

/* Treads, so that stairs are seen at a glance. */
static void stairs(const struct out *o, const struct ward_plan_room *r)
{
	const struct ward_plan_label l = ward_plan_label(r);
	const struct ward_plan_rect *a = &r->at;
	int32_t from = l.vertical ? plan_right(&l.at) : plan_bottom(&l.at);
	int32_t to = l.vertical ? plan_right(a) : plan_bottom(a);

	if (!is_class(o, r->node, "room.stairs"))
		return;
	ward_wr_z(o->w, "<path fill=\"none\" stroke=\"#999\" stroke-width=\"5\" d=\"");
	for (int32_t t = from + 20; t < to - 40; t += 30)
		if (l.vertical)
			ward_wr_printf(o->w, "M%d %dV%d", t, a->y + 60, plan_bottom(a) - 60);
		else
			ward_wr_printf(o->w, "M%d %dH%d", a->x + 60, t, plan_right(a) - 60);
	ward_wr_z(o->w, "\"/>\n");
}

static size_t letters(struct ward_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Lines of at most `most` letters, broken at blanks. False: it takes more than LINES_MAX lines, or
 * a word is longer. */
static bool wrap(struct ward_str s, size_t most, struct ward_str line[LINES_MAX], size_t *n)
{
	struct ward_str rest = s;

	*n = 0;
	while (rest.p) {
		struct ward_str word = ward_str_cut(&rest, ' ');
		struct ward_str *last = *n ? &line[*n - 1] : NULL;
		struct ward_str joined =
			last ? (struct ward_str){last->p, (size_t)(word.p + word.len - last->p)}
			     : word;

		if (last && letters(joined) <= most) {
			*last = joined;
			continue;
		}
		if (*n == LINES_MAX || letters(word) > most)
			return false;
		line[(*n)++] = word;
	}
	return true;
}

/* As much of it as there is room for. */
static struct ward_str shorten(struct ward_str s, size_t most)
{
	size_t len = s.len;

	while (len && letters((struct ward_str){s.p, len}) > most)
		while (--len && ((unsigned char)s.p[len] & 0xc0) == 0x80)
			;
	return (struct ward_str){s.p, len};
}

/* Letters of that size on a length: 0.61 of the size each, on average of a sans-serif. */
static size_t fits(int32_t length, int32_t font)
{
	return (size_t)plan_max(1, length * 100 / (font * 61));
}

static void name(const struct out *o, const struct ward_plan_room *r)
{
	const struct ward_plan_label l = ward_plan_label(r);
	int32_t length = l.vertical ? l.at.h : l.at.w, space = l.vertical ? l.at.w : l.at.h;
	struct ward_str line[LINES_MAX], s = node_of(o, r->node)->name;
	int32_t font = FONT_MAX;
	size_t n = 0;

	while (font > FONT_MIN &&
		(!wrap(s, fits(length, font), line, &n) || (int32_t)n * font * 115 / 100 > space))
		font -= 2;
	if (!wrap(s, fits(length, font), line, &n) || (int32_t)n * font * 115 / 100 > space) {
		line[0] = shorten(s, fits(length, font) - 1);
		n = 1;
	}
	ward_wr_printf(o->w, "<text font-size=\"%d\" transform=\"translate(%d %d)%s\">", font,
		l.vertical ? l.at.x : l.at.x + l.at.w / 2,
		l.vertical ? l.at.y + l.at.h / 2 : l.at.y, l.vertical ? " rotate(-90)" : "");
	for (size_t i = 0; i < n; i++) {
		ward_wr_printf(o->w, "<tspan x=\"0\" y=\"%d\">",
			font * 90 / 100 + (int32_t)i * font * 115 / 100);
		text(o, line[i]);
		if (n == 1 && line[0].len < s.len)
			ward_wr_z(o->w, "…");
		ward_wr_z(o->w, "</tspan>");
	}
	ward_wr_z(o->w, "</text>\n");
}

static void sign(const struct out *o, int32_t x, int32_t y, enum ward_plan_kind kind)
{
	ward_wr_printf(o->w,
		"<path transform=\"translate(%d %d) scale(1.4)\" fill=\"%s\" d=\"%s\">", x, y,
		kinds[kind].fill, kinds[kind].path);
}

static void thing(const struct out *o, const struct ward_plan_thing *t)
{
	sign(o, t->at.x, t->at.y, t->kind);
	ward_wr_z(o->w, "<title>");
	text(o, node_of(o, t->node)->name);
	ward_wr_z(o->w, "</title></path>\n");
}

/* How doors are drawn, the first that fits. */
static const struct {
	const char *class, *fill, *ink, *word;
} doors[] = {
	{"door.controlled", "#7a3e9d", "#fff", WARD_TEXT("door with access control")},
	{"door.fire", "#c2571a", "#fff", WARD_TEXT("fire door")},
	{"door.exit", "#1e7a3f", "#fff", WARD_TEXT("emergency exit")},
	{"door", "#fff", "#222", WARD_TEXT("door")},
};

static unsigned form_of(const struct out *o, uint32_t node)
{
	unsigned k = 0;

	while (k + 1 < WARD_ARRAY_LEN(doors) && !is_class(o, node, doors[k].class))
		k++;
	return k;
}

/* A bar on the wall with the door's number in it; a line to the other room, if that is elsewhere.
 */
static void door(const struct out *o, const struct ward_plan_door *d, size_t number)
{
	unsigned k = form_of(o, d->node);

	if (d->apart)
		ward_wr_printf(o->w,
			"<path d=\"M%d %dL%d %d\" stroke=\"#888\" stroke-width=\"10\" "
			"stroke-dasharray=\"30 20\" fill=\"none\"/>\n",
			d->at.x, d->at.y, d->end.x, d->end.y);
	ward_wr_printf(o->w, "<g transform=\"translate(%d %d)%s\"><title>", d->at.x, d->at.y,
		d->vertical ? " rotate(-90)" : "");
	text(o, node_of(o, d->node)->name);
	ward_wr_printf(o->w,
		"</title><rect x=\"-%d\" y=\"-%d\" width=\"%d\" height=\"%d\" fill=\"%s\" "
		"stroke=\"#333\" stroke-width=\"5\"/><text font-size=\"32\" y=\"11\" "
		"fill=\"%s\">%zu</text></g>\n",
		DOOR_WIDE / 2, DOOR_THICK / 2, DOOR_WIDE, DOOR_THICK, doors[k].fill, doors[k].ink,
		number);
}

static int32_t sheet_width(const struct ward_plan *f)
{
	return plan_max(f->width, SHEET_MIN);
}

static int32_t list_columns(const struct ward_plan *f)
{
	return plan_max(1, (sheet_width(f) - 2 * PLAN_MARGIN) / LIST_WIDTH);
}

static int32_t list_rows(const struct ward_plan *f)
{
	int32_t n = (int32_t)plan_min(INT32_MAX / LIST_LINE, (int32_t)f->n_door);

	return (n + list_columns(f) - 1) / list_columns(f);
}

static void list(const struct out *o, int32_t y)
{
	int32_t columns = list_columns(o->f), rows = list_rows(o->f);
	int32_t wide = (sheet_width(o->f) - 2 * PLAN_MARGIN) / columns;

	for (size_t i = 0; i < o->f->n_door; i++) {
		const struct ward_plan_door *d = &o->f->door[i];
		struct ward_str key = ward_model_key(o->p->m, d->node, WARD_KEY_DOOR);
		struct ward_str s = node_of(o, d->node)->name;
		size_t most = fits(wide - 150, LIST_FONT);
		size_t rest = key.len + 3 < most ? most - key.len - 3 : 1;

		ward_wr_printf(o->w,
			"<text font-size=\"%d\" x=\"%d\" y=\"%d\" text-anchor=\"start\">"
			"<tspan font-weight=\"bold\">%zu</tspan> ",
			LIST_FONT, PLAN_MARGIN + wide * (int32_t)(i / (size_t)rows),
			y + LIST_LINE * (int32_t)(i % (size_t)rows), i + 1);
		text(o, shorten(s, rest));
		if (letters(s) > rest)
			ward_wr_z(o->w, "…");
		if (key.len) {
			ward_wr_z(o->w, " <tspan fill=\"#666\">");
			text(o, key);
			ward_wr_z(o->w, "</tspan>");
		}
		ward_wr_z(o->w, "</text>\n");
	}
}

/* Where the next sign of the legend goes. */
struct pen {
	int32_t x, y;
};

/* The word of a sign, behind it, and room for the next one. */
static void word(const struct out *o, struct pen *at, const char *english)
{
	ward_wr_printf(o->w, "<text font-size=\"36\" x=\"%d\" y=\"%d\" text-anchor=\"start\">",
		at->x + 62, at->y);
	say(o, english);
	ward_wr_z(o->w, "</text>\n");
	at->x += 130 + (int32_t)letters(ward_lang_text(o->lang, ward_str_z(english))) * 21;
}

/* On the next line, if the sign with this word does not fit on this one. */
static void fit(const struct out *o, struct pen *at, const char *english)
{
	struct pen then = *at;
	struct ward_wr none = ward_wr_fixed(NULL, 0);
	const struct out dry = {o->p, o->f, o->lang, &none};

	word(&dry, &then, english);
	if (at->x == PLAN_MARGIN || then.x <= sheet_width(o->f) - PLAN_MARGIN)
		return;
	at->x = PLAN_MARGIN;
	at->y += LEGEND_LINE;
}

static void swatch(const struct out *o, struct pen *at, const char *fill, const char *english)
{
	fit(o, at, english);
	ward_wr_printf(o->w,
		"<rect x=\"%d\" y=\"%d\" width=\"46\" height=\"30\" fill=\"%s\" "
		"stroke=\"#333\" stroke-width=\"4\"/>",
		at->x, at->y - 28, fill);
	word(o, at, english);
}

static void new_line(struct pen *at)
{
	if (at->x != PLAN_MARGIN)
		at->y += LEGEND_LINE;
	at->x = PLAN_MARGIN;
}

/* What occurs on the floor: zones, doors, things. Gives where it ends. */
static int32_t legend(const struct out *o, int32_t y)
{
	bool zone[WARD_ZONE_N] = {false}, form[WARD_ARRAY_LEN(doors)] = {false},
	     kind[WARD_PLAN_KIND_N] = {false};
	struct pen at = {PLAN_MARGIN, y};

	for (size_t i = 0; i < o->f->n_room; i++)
		zone[zone_of(o, &o->f->room[i])] = true;
	for (size_t i = 0; i < o->f->n_door; i++)
		form[form_of(o, o->f->door[i].node)] = true;
	for (size_t i = 0; i < o->f->n_thing; i++)
		kind[o->f->thing[i].kind] = true;
	for (unsigned z = WARD_ZONE_PUBLIC; z < WARD_ZONE_N; z++)
		if (zone[z])
			swatch(o, &at, zones[z].fill, zones[z].word);
	new_line(&at);
	for (unsigned k = 0; k < WARD_ARRAY_LEN(doors); k++)
		if (form[k])
			swatch(o, &at, doors[k].fill, doors[k].word);
	new_line(&at);
	for (unsigned k = 0; k < WARD_PLAN_KIND_N; k++)
		if (kind[k]) {
			fit(o, &at, kinds[k].word);
			sign(o, at.x + 24, at.y - 13, (enum ward_plan_kind)k);
			ward_wr_z(o->w, "</path>");
			word(o, &at, kinds[k].word);
		}
	new_line(&at);
	return at.y;
}

static void head(const struct out *o, int32_t height)
{
	const struct ward_node *floor = node_of(o, o->f->floor);
	int32_t wide = sheet_width(o->f), pixels = plan_min(wide / 100 * PIXELS, PIXELS_MAX);

	ward_wr_printf(o->w,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%lld\" "
		"viewBox=\"0 0 %d %d\" font-family=\"Arial,Helvetica,'Liberation "
		"Sans',sans-serif\" text-anchor=\"middle\" fill=\"#222\">\n<title>",
		pixels, (long long)height * pixels / wide, wide, height);
	text(o, floor->name);
	ward_wr_printf(o->w,
		"</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n"
		"<text font-size=\"76\" font-weight=\"bold\" x=\"%d\" y=\"110\" "
		"text-anchor=\"start\">",
		wide, height, PLAN_MARGIN);
	text(o, floor->name);
	if (floor->parent != WARD_NONE) {
		ward_wr_z(o->w, "<tspan font-size=\"46\" font-weight=\"normal\" dx=\"40\">");
		text(o, node_of(o, floor->parent)->name);
		ward_wr_z(o->w, "</tspan>");
	}
	ward_wr_z(o->w, "</text>\n");
	if (!o->f->schematic)
		return;
	ward_wr_printf(o->w,
		"<text font-size=\"36\" fill=\"#666\" x=\"%d\" y=\"165\" "
		"text-anchor=\"start\">",
		PLAN_MARGIN);
	say(o, WARD_TEXT("Schematic: what leads where is right, places and measures are not."));
	ward_wr_z(o->w, "</text>\n");
}

void ward_plan_write_svg(const struct ward_plans *p, const struct ward_plan *f,
	struct ward_lang *lang, struct ward_wr *w)
{
	struct ward_wr none = ward_wr_fixed(NULL, 0);
	const struct out o = {p, f, lang, w}, dry = {p, f, lang, &none};
	int32_t below = HEAD + f->height, lists = legend(&dry, below) + LEGEND_LINE / 2;

	head(&o, lists + list_rows(f) * LIST_LINE + PLAN_MARGIN / 2);
	ward_wr_printf(w, "<g transform=\"translate(0 %d)\">\n", HEAD - PLAN_MARGIN / 3);
	for (size_t i = 0; i < f->n_room; i++)
		room(&o, &f->room[i]);
	for (size_t i = 0; i < f->n_room; i++) {
		stairs(&o, &f->room[i]);
		name(&o, &f->room[i]);
	}
	for (size_t i = 0; i < f->n_door; i++)
		door(&o, &f->door[i], i + 1);
	for (size_t i = 0; i < f->n_thing; i++)
		thing(&o, &f->thing[i]);
	ward_wr_z(w, "</g>\n");
	(void)legend(&o, below);
	list(&o, lists);
	ward_wr_z(w, "</svg>\n");
}
