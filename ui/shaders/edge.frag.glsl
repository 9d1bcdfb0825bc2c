// A soft-rimmed line; dashes 7 on, 4 off.
in float v_across;
in float v_half;
in float v_along;
in vec4 v_colour;
flat in int v_flags;

uniform float u_ratio;

out vec4 o_colour;

void main() {
  float cover = clamp((v_half - abs(v_across)) * u_ratio + 0.5, 0.0, 1.0);
  if ((v_flags & 1) != 0 && mod(v_along, 11.0) > 7.0) cover = 0.0;
  float alpha = v_colour.a * cover;
  o_colour = vec4(v_colour.rgb * alpha, alpha);
}
