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
	LEGEND = 130,
	DOOR_WIDE = 110,
	PIXELS = 1600,
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

static const struct {
	const char *fill, *word;
} kinds[WARD_PLAN_KIND_N] = {
	[WARD_PLAN_CAMERA] = {"#1f5fa8", WARD_TEXT("camera")},
	[WARD_PLAN_READER] = {"#7a3e9d", WARD_TEXT("badge reader")},
	[WARD_PLAN_DETECTOR] = {"#c0392b", WARD_TEXT("fire detector")},
	[WARD_PLAN_SENSOR] = {"#118a7e", WARD_TEXT("sensor")},
	[WARD_PLAN_MEDICAL] = {"#2a7fba", WARD_TEXT("medical device")},
	[WARD_PLAN_COMPUTER] = {"#5b6770", WARD_TEXT("computer or network device")},
	[WARD_PLAN_BUILDING] = {"#8a6d3b", WARD_TEXT("building device")},
	[WARD_PLAN_OTHER] = {"#777777", WARD_TEXT("other things")},
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
	const struct ward_plan_rect *a = &r->at;
	bool up = a->h >= a->w;
	int32_t from = up ? a->y + a->h / 2 : a->x + a->w / 2;
	int32_t to = up ? plan_bottom(a) - 40 : plan_right(a) - 40;

	if (!is_class(o, r->node, "room.stairs"))
		return;
	ward_wr_z(o->w, "<path fill=\"none\" stroke=\"#999\" stroke-width=\"5\" d=\"");
	for (int32_t t = from; t < to; t += 30)
		if (up)
			ward_wr_printf(o->w, "M%d %dH%d", a->x + 30, t, plan_right(a) - 30);
		else
			ward_wr_printf(o->w, "M%d %dV%d", t, a->y + 30, plan_bottom(a) - 30);
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

/* Letters of that size on a length: 0.56 of the size each, on average of a sans-serif. */
static size_t fits(int32_t length, int32_t font)
{
	return (size_t)plan_max(1, length * 100 / (font * 56));
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

static void thing(const struct out *o, const struct ward_plan_thing *t)
{
	int32_t x = t->at.x, y = t->at.y;

	ward_wr_printf(o->w, "<g fill=\"%s\"><title>", kinds[t->kind].fill);
	text(o, node_of(o, t->node)->name);
	ward_wr_z(o->w, "</title>");
	if (t->kind == WARD_PLAN_CAMERA)
		ward_wr_printf(
			o->w, "<path d=\"M%d %dh24v-10l18 -12v44l-18 -12v-10z\"/>", x - 21, y);
	else if (t->kind == WARD_PLAN_READER)
		ward_wr_printf(o->w,
			"<rect x=\"%d\" y=\"%d\" width=\"20\" height=\"28\" rx=\"4\"/>", x - 10,
			y - 14);
	else if (t->kind == WARD_PLAN_DETECTOR)
		ward_wr_printf(o->w, "<path d=\"M%d %dl18 30h-36z\"/>", x, y - 18);
	else if (t->kind == WARD_PLAN_SENSOR)
		ward_wr_printf(o->w, "<path d=\"M%d %dl17 17l-17 17l-17 -17z\"/>", x, y - 17);
	else if (t->kind == WARD_PLAN_MEDICAL)
		ward_wr_printf(o->w, "<path d=\"M%d %dh12v12h12v12h-12v12h-12v-12h-12v-12h12z\"/>",
			x - 6, y - 18);
	else if (t->kind == WARD_PLAN_COMPUTER)
		ward_wr_printf(o->w, "<path d=\"M%d %dh36v24h-14v6h-8v-6h-14z\"/>", x - 18, y - 15);
	else
		ward_wr_printf(o->w, "<circle cx=\"%d\" cy=\"%d\" r=\"15\"/>", x, y);
	ward_wr_z(o->w, "</g>\n");
}

/* White where one walks through, and bars at both ends; what is under access control is filled, a
 * fire door doubled, an emergency exit an arrow. */
static void door(const struct out *o, const struct ward_plan_door *d, size_t number)
{
	const char *fill = is_class(o, d->node, "door.controlled") ? "#7a3e9d"
			   : is_class(o, d->node, "door.fire")     ? "#d35400"
			   : is_class(o, d->node, "door.exit")     ? "#1e8449"
								   : "#ffffff";
	int32_t half = DOOR_WIDE / 2, thick = 14;

	ward_wr_z(o->w, "<g><title>");
	text(o, node_of(o, d->node)->name);
	ward_wr_z(o->w, "</title>");
	if (d->apart)
		ward_wr_printf(o->w,
			"<path d=\"M%d %dL%d %d\" stroke=\"#888\" stroke-width=\"10\" "
			"stroke-dasharray=\"30 20\" fill=\"none\"/>",
			d->at.x, d->at.y, d->end.x, d->end.y);
	ward_wr_printf(o->w,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#333\" "
		"stroke-width=\"5\"/>",
		d->at.x - (d->vertical ? thick : half), d->at.y - (d->vertical ? half : thick),
		2 * (d->vertical ? thick : half), 2 * (d->vertical ? half : thick), fill);
	ward_wr_printf(o->w,
		"<text font-size=\"22\" x=\"%d\" y=\"%d\" fill=\"%s\"%s>%zu</text></g>\n", d->at.x,
		d->at.y + 8, strcmp(fill, "#ffffff") == 0 ? "#222" : "#ffffff", "", number);
}

static int32_t list_columns(const struct ward_plan *f)
{
	return plan_max(1, (f->width - 2 * PLAN_MARGIN) / LIST_WIDTH);
}

static int32_t list_rows(const struct ward_plan *f)
{
	int32_t n = (int32_t)plan_min(INT32_MAX / LIST_LINE, (int32_t)f->n_door);

	return (n + list_columns(f) - 1) / list_columns(f);
}

static void list(const struct out *o, int32_t y)
{
	int32_t columns = list_columns(o->f), rows = list_rows(o->f);
	int32_t wide = (o->f->width - 2 * PLAN_MARGIN) / columns;

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

static void swatch(const struct out *o, int32_t *x, int32_t y, const char *fill, const char *word)
{
	struct ward_str s = ward_lang_text(o->lang, ward_str_z(word));

	ward_wr_printf(o->w,
		"<rect x=\"%d\" y=\"%d\" width=\"44\" height=\"30\" fill=\"%s\" stroke=\"#333\" "
		"stroke-width=\"4\"/><text font-size=\"36\" x=\"%d\" y=\"%d\" "
		"text-anchor=\"start\">",
		*x, y - 28, fill, *x + 60, y);
	text(o, s);
	ward_wr_z(o->w, "</text>\n");
	*x += 130 + (int32_t)letters(s) * 20;
}

static void legend(const struct out *o, int32_t y)
{
	static const struct {
		const char *fill, *word;
	} doors[] = {{"#ffffff", WARD_TEXT("door")},
		{"#7a3e9d", WARD_TEXT("door with access control")},
		{"#d35400", WARD_TEXT("fire door")}, {"#1e8449", WARD_TEXT("emergency exit")}};
	bool here[WARD_ZONE_N] = {false};
	int32_t x = PLAN_MARGIN;

	for (size_t i = 0; i < o->f->n_room; i++)
		here[zone_of(o, &o->f->room[i])] = true;
	for (unsigned z = WARD_ZONE_PUBLIC; z < WARD_ZONE_N; z++)
		if (here[z])
			swatch(o, &x, y, zones[z].fill, zones[z].word);
	x = PLAN_MARGIN;
	for (size_t i = 0; i < WARD_ARRAY_LEN(doors); i++)
		swatch(o, &x, y + 60, doors[i].fill, doors[i].word);
}

static void head(const struct out *o, int32_t height)
{
	const struct ward_node *floor = node_of(o, o->f->floor);
	int64_t pixels = (int64_t)height * PIXELS / plan_max(1, o->f->width);

	ward_wr_printf(o->w,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%lld\" "
		"viewBox=\"0 0 %d %d\" font-family=\"Arial,Helvetica,'Liberation "
		"Sans',sans-serif\" text-anchor=\"middle\" fill=\"#222\">\n<title>",
		PIXELS, (long long)pixels, o->f->width, height);
	text(o, floor->name);
	ward_wr_printf(o->w,
		"</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n"
		"<text font-size=\"76\" font-weight=\"bold\" x=\"%d\" y=\"110\" "
		"text-anchor=\"start\">",
		o->f->width, height, PLAN_MARGIN);
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
	const struct out o = {p, f, lang, w};
	int32_t below = HEAD + f->height, lists = list_rows(f) * LIST_LINE;

	head(&o, below + LEGEND + lists + PLAN_MARGIN);
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
	legend(&o, below);
	list(&o, below + LEGEND);
	ward_wr_z(w, "</svg>\n");
}
