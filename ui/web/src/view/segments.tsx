/** A row of exclusive choices, as radio buttons that look like one control. */
interface Choice {
  value: string;
  label: string;
  title?: string;
}

interface Props {
  label: string;
  choices: readonly Choice[];
  value: string;
  choose: (value: string) => void;
  /** Words with a coloured current one instead of a filled control. */
  plain?: boolean;
}

export function Segments({ label, choices, value, choose, plain = false }: Props) {
  return (
    <div class={plain ? "words" : "segments"} role="radiogroup" aria-label={label}>
      {choices.map((c) => (
        <button
          key={c.value}
          type="button"
          role="radio"
          aria-checked={c.value === value}
          title={c.title}
          onClick={() => choose(c.value)}
        >
          {c.label}
        </button>
      ))}
    </div>
  );
}
