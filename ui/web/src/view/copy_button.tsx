/** A button that puts a text on the clipboard and says so. */
import { useState } from "preact/hooks";

export function CopyButton({ text }: { text: string }) {
  const [said, setSaid] = useState("Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Not allowed");
    }
    setTimeout(() => setSaid("Copy"), 1500);
  };
  return (
    <button type="button" class="copy" aria-live="polite" onClick={copy}>
      {said}
    </button>
  );
}
