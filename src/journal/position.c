#include "journal/crc32c.h"
#include "journal/priv.h"

#define MAGIC "WARDREAD"

enum {
	HEAD = 16,
	ENTRY = READER_NAME + 8,
	FILE_MAX = HEAD + READER_MAX * ENTRY + 4,
	VERSION = 1,
};

static bool name_ok(struct ward_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
			return false;
	}
	return name.len > 0 && name.len < READER_NAME;
}

static size_t find(const struct ward_journal *j, struct ward_str name)
{
	size_t i = 0;

	while (i < j->n_reader && !ward_str_eqz(name, j->reader[i].name))
		i++;
	return i;
}

/* The whole table, by a new file and a rename. */
static enum ward_err store(struct ward_journal *j)
{
	const struct ward_io *io = j->io;
	uint8_t buf[FILE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	int fd;

	ward_wr_z(&w, MAGIC);
	ward_wr_le32(&w, VERSION);
	ward_wr_le32(&w, (uint32_t)j->n_reader);
	for (size_t i = 0; i < j->n_reader; i++) {
		ward_wr_bytes(&w, j->reader[i].name, READER_NAME);
		ward_wr_le64(&w, j->reader[i].seq);
	}
	ward_wr_le32(&w, ward_crc32c(0, buf, w.len));
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = io->open(io->ctx, WARD_POSITION_TMP, WARD_IO_CREATE, &fd);

	if (err != WARD_OK)
		return WARD_ERR_IO;
	err = io->pwrite(io->ctx, fd, buf, w.len, 0);
	if (err == WARD_OK)
		err = io->fdatasync(io->ctx, fd);
	io->close(io->ctx, fd);
	if (err == WARD_OK)
		err = io->rename(io->ctx, WARD_POSITION_TMP, WARD_POSITION_FILE);
	if (err == WARD_OK)
		err = io->sync_dir(io->ctx);
	return err == WARD_OK ? WARD_OK : WARD_ERR_IO;
}

static enum ward_err parse(struct ward_journal *j, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_slice magic = ward_rd_bytes(&r, 8);
	uint32_t version = ward_rd_le32(&r), n = ward_rd_le32(&r);

	if (ward_rd_bad(&r) || memcmp(magic.p, MAGIC, 8) != 0 || n > READER_MAX ||
		s.len != HEAD + (size_t)n * ENTRY + 4)
		return WARD_ERR_CORRUPT;
	struct ward_rd tail = ward_rd_from(s.p + s.len - 4, 4);

	if (ward_rd_le32(&tail) != ward_crc32c(0, s.p, s.len - 4))
		return WARD_ERR_CORRUPT;
	if (version != VERSION)
		return WARD_ERR_VERSION;
	for (uint32_t i = 0; i < n; i++) {
		struct ward_slice name = ward_rd_bytes(&r, READER_NAME);

		if (ward_rd_bad(&r) || name.p[READER_NAME - 1] != 0)
			return WARD_ERR_CORRUPT;
		memcpy(j->reader[i].name, name.p, READER_NAME);
		j->reader[i].seq = ward_rd_le64(&r);
	}
	j->n_reader = n;
	return WARD_OK;
}

enum ward_err ward_position_load(struct ward_journal *j)
{
	uint8_t buf[FILE_MAX + 1];
	size_t n = 0;
	int fd;
	enum ward_err err = j->io->open(j->io->ctx, WARD_POSITION_FILE, WARD_IO_READ, &fd);

	if (err == WARD_ERR_NOT_FOUND)
		return WARD_OK;
	if (err != WARD_OK)
		return err;
	err = j->io->pread(j->io->ctx, fd, buf, sizeof(buf), 0, &n);
	j->io->close(j->io->ctx, fd);
	if (err != WARD_OK)
		return err;
	err = parse(j, ward_slice_of(buf, n));
	if (err == WARD_ERR_CORRUPT) {
		j->n_reader = 0;
		ward_journal_hurt(j, (struct ward_journal_damage){WARD_LANE_CONTROL, UINT64_MAX, 0,
					     "the file of reader positions fails its checksum: "
					     "readers start again"});
		return WARD_OK;
	}
	return err;
}

uint64_t ward_position_min(const struct ward_journal *j)
{
	uint64_t min = UINT64_MAX;

	for (size_t i = 0; i < j->n_reader; i++)
		if (j->reader[i].seq < min)
			min = j->reader[i].seq;
	return min;
}

uint64_t ward_position_max(const struct ward_journal *j)
{
	uint64_t max = 0;

	for (size_t i = 0; i < j->n_reader; i++)
		if (j->reader[i].seq > max)
			max = j->reader[i].seq;
	return max;
}

enum ward_err ward_journal_ack(struct ward_journal *j, struct ward_str name, uint64_t seq)
{
	size_t i = find(j, name);
	bool is_new = i == j->n_reader;
	uint64_t before = is_new ? 0 : j->reader[i].seq;

	if (!name_ok(name))
		return WARD_ERR_MALFORMED;
	if (j->opt.read_only)
		return WARD_ERR_STATE;
	if (j->broken)
		return WARD_ERR_IO;
	if (seq >= j->next_seq || seq < before)
		return WARD_ERR_DENIED;
	if (is_new && j->n_reader == READER_MAX)
		return WARD_ERR_LIMIT;
	if (is_new) {
		j->reader[i] = (struct reader){0};
		memcpy(j->reader[i].name, name.p, name.len);
		j->n_reader++;
	}
	j->reader[i].seq = seq;
	enum ward_err err = store(j);

	if (err != WARD_OK && is_new)
		j->n_reader--;
	else if (err != WARD_OK)
		j->reader[i].seq = before;
	return err;
}

enum ward_err ward_journal_position(
	const struct ward_journal *j, struct ward_str name, uint64_t *ret)
{
	size_t i = find(j, name);

	if (i == j->n_reader)
		return WARD_ERR_NOT_FOUND;
	*ret = j->reader[i].seq;
	return WARD_OK;
}

enum ward_err ward_journal_forget(struct ward_journal *j, struct ward_str name)
{
	size_t i = find(j, name);

	if (i == j->n_reader)
		return WARD_ERR_NOT_FOUND;
	if (j->broken || j->opt.read_only)
		return WARD_ERR_IO;
	struct reader gone = j->reader[i];

	j->reader[i] = j->reader[--j->n_reader];
	enum ward_err err = store(j);

	if (err != WARD_OK) {
		j->reader[j->n_reader++] = j->reader[i];
		j->reader[i] = gone;
	}
	return err;
}
