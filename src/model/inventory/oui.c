#include "model/inventory/oui.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { LIST_BYTES_MAX = 32 << 20, BLOCKS_MAX = 1 << 20, TEXT_MAX = 64 << 20, NAME_MAX_BYTES = 60 };

struct ward_oui {
	const struct ward_mem *mem;
	struct ward_tab blocks; /* 8 bytes: length in hex digits, address cut to it → name id */
	struct ward_intern vendors; /* many blocks are one vendor's */
};

struct block {
	uint8_t digits, zero;
	uint8_t b[6];
};

enum ward_err ward_oui_new(const struct ward_mem *mem, struct ward_oui **ret)
{
	struct ward_oui *o = ward_mem_alloc(mem, sizeof(*o));

	if (!o)
		return WARD_ERR_NOMEM;
	o->mem = mem;
	ward_tab_init(&o->blocks, mem, sizeof(struct block), sizeof(uint32_t), BLOCKS_MAX);
	ward_intern_init(&o->vendors, mem, BLOCKS_MAX, TEXT_MAX);
	*ret = o;
	return WARD_OK;
}

void ward_oui_free(struct ward_oui *o)
{
	if (!o)
		return;
	ward_tab_fini(&o->blocks);
	ward_intern_fini(&o->vendors);
	ward_mem_free(o->mem, o, sizeof(*o));
}

/* Hex digits, also an odd number of them, the rest zero. */
static bool parse_block(struct ward_str s, struct block *ret)
{
	char twelve[12] = "000000000000";

	*ret = (struct block){.digits = (uint8_t)s.len};
	if (s.len != 6 && s.len != 7 && s.len != 9)
		return false;
	memcpy(twelve, s.p, s.len);
	return ward_str_unhex((struct ward_str){twelve, sizeof(twelve)}, ret->b, sizeof(ret->b));
}

/* A cell that may be quoted; a quote within is doubled (RFC 4180), which no name needs. */
static struct ward_str cell(struct ward_str *rest)
{
	if (!rest->len || rest->p[0] != '"')
		return ward_str_trim(ward_str_cut(rest, ','));
	*rest = ward_str_sub(*rest, 1, rest->len);
	struct ward_str s = ward_str_cut(rest, '"');

	(void)ward_str_cut(rest, ',');
	return ward_str_trim(s);
}

/* What the lists say where they name nobody: the registry keeps the block to give it away in
 * smaller ones, or its holder does not want to be named. */
static bool is_nobody(struct ward_str name)
{
	return ward_str_ieq(name, WARD_STR("IEEE Registration Authority")) ||
	       ward_str_ieq(name, WARD_STR("Private"));
}

enum ward_err ward_oui_parse(struct ward_oui *o, struct ward_str text)
{
	while (text.len) {
		struct ward_str line = ward_str_cut(&text, '\n');
		struct block b;
		void *at;
		uint32_t id;

		(void)cell(&line);
		bool is_block = parse_block(cell(&line), &b);
		struct ward_str name = ward_str_sub(cell(&line), 0, NAME_MAX_BYTES);

		if (!is_block || !name.len || !ward_utf8_valid(ward_str_bytes(name), NULL))
			continue;
		/* Kept, without a name: the larger block around it is somebody else's. */
		if (is_nobody(name))
			name = WARD_STR("");
		enum ward_err err = ward_intern_put(&o->vendors, name, &id);

		if (!err)
			err = ward_tab_put(&o->blocks, &b, &at, NULL);
		if (err)
			return err;
		memcpy(at, &id, sizeof(id));
	}
	return WARD_OK;
}

static enum ward_err read_list(struct ward_oui *o, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t len = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	if (fd < 0)
		return WARD_ERR_NOT_FOUND;
	enum ward_err err = len < 0 || len > LIST_BYTES_MAX ? WARD_ERR_MALFORMED : WARD_OK;
	char *p = err ? NULL : ward_mem_alloc(o->mem, (size_t)len);

	if (!err && len && !p)
		err = WARD_ERR_NOMEM;
	if (!err && len && pread(fd, p, (size_t)len, 0) != len)
		err = WARD_ERR_IO;
	(void)close(fd);
	if (!err)
		err = ward_oui_parse(o, (struct ward_str){p, (size_t)len});
	if (p)
		ward_mem_free(o->mem, p, (size_t)len);
	return err;
}

enum ward_err ward_oui_load(const char *dir, const struct ward_mem *mem, struct ward_oui **ret)
{
	static const char *const lists[] = {"oui.csv", "mam.csv", "oui36.csv", "iab.csv"};
	struct ward_oui *o = NULL;
	enum ward_err err = ward_oui_new(mem, &o);

	for (size_t i = 0; i < WARD_ARRAY_LEN(lists) && !err; i++) {
		char path[4096];

		(void)snprintf(path, sizeof(path), "%s/%s", dir, lists[i]);
		err = read_list(o, path);
		if (err == WARD_ERR_NOT_FOUND && i > 0)
			err = WARD_OK;
	}
	if (err)
		ward_oui_free(o);
	else
		*ret = o;
	return err;
}

struct ward_str ward_oui_vendor(const struct ward_oui *o, const uint8_t mac[6])
{
	static const uint8_t digits[] = {9, 7, 6};

	for (size_t i = 0; i < sizeof(digits); i++) {
		struct block b = {.digits = digits[i]};

		memcpy(b.b, mac, (digits[i] + 1U) / 2);
		if (digits[i] % 2)
			b.b[digits[i] / 2] &= 0xf0;
		const void *at = ward_tab_find(&o->blocks, &b);
		uint32_t id;

		if (!at)
			continue;
		memcpy(&id, at, sizeof(id));
		return ward_intern_at(&o->vendors, id);
	}
	return (struct ward_str){"", 0};
}
