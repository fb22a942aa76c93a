'use strict';
/** Holds answers against the types that the package declares, with the TypeScript compiler as the reader. */

const path = require('node:path');
const ts = require('typescript');

class Types {
  constructor(declarations) {
    this.program = ts.createProgram([declarations], { strict: true, skipLibCheck: true, types: [] });
    this.checker = this.program.getTypeChecker();
    const source = this.program.getSourceFile(declarations);
    const module = this.checker.getSymbolAtLocation(source);
    const sdk = this.checker.getExportsOfModule(module).find((one) => one.name === 'TikTokShopSDK');
    this.sdk = this.checker.getDeclaredTypeOfSymbol(sdk);
  }

  /** The declared type of what `module.method` resolves to. */
  answer(module, method) {
    let type = this.sdk;
    for (const name of [module, method]) {
      type = this.checker.getTypeOfSymbol(this.checker.getPropertyOfType(type, name));
    }
    const promised = this.checker.getReturnTypeOfSignature(type.getCallSignatures()[0]);
    return this.checker.getTypeArguments(promised)[0];
  }

  /** Where the value is not of the type: [{place, fault}], rows of lists as `*`. */
  differences(value, type, place = '') {
    const { checker } = this;
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return [];
    if (type.isUnion()) {
      const others = type.types.filter((one) => value === undefined || !(one.flags & ts.TypeFlags.Undefined));
      const tries = others.map((one) => this.differences(value, one, place));
      return tries.find((found) => found.length === 0) ?? tries.reduce((a, b) => (a.length <= b.length ? a : b));
    }
    const wrong = (wanted) => [{ place, fault: `${JSON.stringify(value)?.slice(0, 60)} is not ${wanted}` }];
    if (type.isStringLiteral() || type.isNumberLiteral()) return value === type.value ? [] : wrong(JSON.stringify(type.value));
    for (const [flag, name] of [[ts.TypeFlags.String, 'string'], [ts.TypeFlags.Number, 'number']]) {
      if (type.flags & flag) return typeof value === name ? [] : wrong(name);
    }
    if (type.flags & ts.TypeFlags.BooleanLiteral) return String(value) === type.intrinsicName ? [] : wrong('boolean');
    if (type.flags & ts.TypeFlags.Undefined) return value === undefined ? [] : wrong('undefined');
    if (checker.isArrayType(type)) {
      if (!Array.isArray(value)) return wrong('a list');
      const row = checker.getTypeArguments(type)[0];
      return value.flatMap((one) => this.differences(one, row, `${place}.*`));
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('an object');
    return checker.getPropertiesOfType(type).flatMap((property) => {
      const inside = place ? `${place}.${property.name}` : property.name;
      if (!(property.name in value)) {
        return property.flags & ts.SymbolFlags.Optional ? [] : [{ place: inside, fault: 'is missing' }];
      }
      return this.differences(value[property.name], checker.getTypeOfSymbol(property), inside);
    });
  }
}

module.exports = (folder) => new Types(path.join(folder, 'tiktok-shop-sdk', 'dist', 'index.d.ts'));
