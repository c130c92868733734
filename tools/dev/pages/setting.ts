import * as z from 'zod';

/** A setting as docs/configuration.md shows it: each member is Markdown. */
export interface Setting {
  readonly name: string;
  /** The range of a number, or the words that are allowed; empty for other texts. */
  readonly values: string;
  /** `required` for a setting without a default. */
  readonly default: string;
  readonly meaning: string;
}

/** What the schema of a setting says in `.meta()`. */
const Meta = z.object({
  description: z.string(),
  /** What the page says beyond the description. Links are relative to docs/. */
  details: z.string().optional(),
  /** A default that depends on other settings. */
  default: z.string().optional(),
  range: z.string().optional(),
});

/** Reads the settings of a service from its schema. @throws Error naming a setting without a description */
export function settingsOf({ shape }: z.ZodObject): readonly Setting[] {
  return Object.entries(shape).map(([name, schema]) => settingOf(name, schema as z.ZodType));
}

function settingOf(name: string, schema: z.ZodType): Setting {
  const layers = layersOf(schema);
  const meta = Meta.safeParse(Object.assign({}, ...layers.map((layer) => layer.meta()).reverse()));
  if (!meta.success) throw new Error(`the schema of ${name} lacks .meta({ description })`);
  const { description, details, default: usual = defaultOf(schema, layers), range } = meta.data;
  const words = layers.flatMap((layer) => (layer instanceof z.ZodEnum ? layer.options : []));
  return {
    name,
    values: range ?? words.map((word) => `\`${word}\``).join(', '),
    default: usual,
    meaning: details === undefined ? description : `${description} ${details}`,
  };
}

function defaultOf(schema: z.ZodType, layers: readonly z.ZodType[]): string {
  if (schema.safeParse(undefined).success === false) return 'required';
  const usual = layers.map((layer) => (layer instanceof z.ZodDefault ? layer.def.defaultValue : undefined));
  const text = String(usual.find((value) => value !== undefined) ?? '');
  if (text === '') return 'none';
  return /^\d+$/.test(text) ? text : `\`${text}\``;
}

/** A schema and the schemas that it wraps, from the outside to the inside. */
function layersOf(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return [schema, ...layersOf(schema.unwrap() as z.ZodType)];
  if (schema instanceof z.ZodPipe) return [schema, ...layersOf(schema.in as z.ZodType)];
  return [schema];
}
