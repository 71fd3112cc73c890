/* Feeds a fuzz target every file of one folder: seeds and past crashes as regression tests. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>

static int feed(const char *dir, const char *name)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return 1;
	FILE *f = fopen(path, "rb");

	if (!f || fseek(f, 0, SEEK_END) != 0) {
		perror(path);
		return 1;
	}
	long len = ftell(f);
	uint8_t *data = malloc(len > 0 ? (size_t)len : 1);

	rewind(f);
	if (!data || len < 0 || fread(data, 1, (size_t)len, f) != (size_t)len) {
		perror(path);
		return 1;
	}
	fclose(f);
	(void)LLVMFuzzerTestOneInput(data, (size_t)len);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned n = 0;
	int bad = 0;

	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	DIR *d = argc == 2 ? opendir(argv[1]) : NULL;

	if (!d) {
		fprintf(stderr, "usage: %s FOLDER (of seeds)\n", argv[0]);
		return 2;
	}
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		if (e->d_name[0] == '.')
			continue;
		bad |= feed(argv[1], e->d_name);
		n++;
	}
	closedir(d);
	printf("%u seeds\n", n);
	return bad || n == 0;
}
